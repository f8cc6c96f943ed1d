"""What an account has used of a door, beside what WeChat allows and who says so."""

from dataclasses import dataclass

from roulian.tell.model.limits import Cap
from roulian.words.time import Instant


@dataclass(frozen=True, slots=True)
class Quota:
    """One count of one account: `used` since `begins_at`; `left` is None where WeChat names no number.

    `shut_until` and `code` are WeChat's refusal that shut the door, None and empty while it is open.
    """

    account: str
    cap: Cap
    begins_at: Instant
    used: int
    shut_until: Instant | None = None
    code: str = ""

    @property
    def left(self) -> int | None:
        """Messages that may still go out until the count begins anew."""
        if self.shut_until is not None:
            return 0
        return None if self.cap.most is None else max(0, self.cap.most - self.used)
