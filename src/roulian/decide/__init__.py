"""What to do and what to say: promises, orders to place, lots, answers to surprises, each with its reason.

Owns: proposals and what became of them; the promise ledger; the line from which an order is bulk.
Says: ProposalMade, ProposalApplied.
Never: acts. It reads shapes (`model/seen.py`), thinks without clock or chance, and files what it thought.
"""

from roulian.decide.events import ProposalApplied, ProposalMade
from roulian.decide.methods.adjusting import Surprise, adjust, adjust_draft, best_draft, surprise
from roulian.decide.methods.batching import fill_capacity, materials, materials_of, plan_batch
from roulian.decide.methods.calendar import check_term, day_instead, look_again, next_pick, planned_day, special_filing
from roulian.decide.methods.goals import Presold, goal, most_makeable
from roulian.decide.methods.lots import bulk_from, bulk_lines_of, economic_lot, explain_lot
from roulian.decide.methods.promising import (
    deciding,
    from_shelf,
    held_until,
    last_day,
    promise,
    promise_all,
    promise_each,
    supply,
    to_come,
    without,
)
from roulian.decide.methods.replenishing import Need, need, replenish, replenish_all, safety_line, safety_lines
from roulian.decide.methods.repromising import (
    delay_reason,
    extended,
    firm_promises,
    material_reason,
    missed_reason,
    postponed,
    replaced,
    repromise,
    repromise_made,
)
from roulian.decide.methods.rescheduling import late_starts
from roulian.decide.methods.substituting import substitutes
from roulian.decide.model.batch import BatchPlan
from roulian.decide.model.goal import Goal, NoMargin, NotWorthMaking
from roulian.decide.model.promise import (
    Ask,
    Incoming,
    LedgerCounts,
    NothingToPromise,
    OpenDay,
    Portion,
    Promise,
    Promised,
    PromiseSource,
    Supply,
)
from roulian.decide.model.proposal import Draft, Proposal, ProposalKind, ProposalStatus
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.decide.reads import (
    bulk_lines,
    first_days,
    ledger_counts,
    promise_history,
    promises,
    proposal,
    proposals,
    proposals_page,
)
from roulian.decide.writes import apply, file, promised, reject, set_bulk_lines, settle_promise

__all__ = [
    "Ask",
    "BatchPlan",
    "Draft",
    "Goal",
    "Incoming",
    "LedgerCounts",
    "Need",
    "NoMargin",
    "NotWorthMaking",
    "NothingToPromise",
    "OpenDay",
    "Portion",
    "Presold",
    "Promise",
    "PromiseSource",
    "Promised",
    "Proposal",
    "ProposalApplied",
    "ProposalKind",
    "ProposalMade",
    "ProposalStatus",
    "Reason",
    "ReasonCode",
    "Supply",
    "Surprise",
    "adjust",
    "adjust_draft",
    "apply",
    "best_draft",
    "bulk_from",
    "bulk_lines",
    "bulk_lines_of",
    "check_term",
    "day_instead",
    "deciding",
    "delay_reason",
    "economic_lot",
    "explain_lot",
    "extended",
    "file",
    "fill_capacity",
    "firm_promises",
    "first_days",
    "from_shelf",
    "goal",
    "held_until",
    "last_day",
    "late_starts",
    "ledger_counts",
    "look_again",
    "material_reason",
    "materials",
    "materials_of",
    "missed_reason",
    "most_makeable",
    "need",
    "next_pick",
    "plan_batch",
    "planned_day",
    "postponed",
    "promise",
    "promise_all",
    "promise_each",
    "promise_history",
    "promised",
    "promises",
    "proposal",
    "proposals",
    "proposals_page",
    "reject",
    "replaced",
    "replenish",
    "replenish_all",
    "repromise",
    "repromise_made",
    "safety_line",
    "safety_lines",
    "set_bulk_lines",
    "settle_promise",
    "special_filing",
    "substitutes",
    "supply",
    "surprise",
    "to_come",
    "without",
]
