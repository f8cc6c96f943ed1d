/** Where the stations of the ring stand and which way its arcs run. Pure geometry in a 1000 × 620 picture. */

export const WIDTH = 1000;
export const HEIGHT = 620;
const CENTRE = { x: 500, y: 310 };
const RADIUS = { x: 388, y: 226 };

/** The ring in the order it turns, clockwise from the upper left. */
export const ROUND = ["sense", "predict", "decide", "make", "deliver", "tell"] as const;
export type Station = (typeof ROUND)[number] | "sell" | "stock" | "people";

const ANGLE: Readonly<Record<(typeof ROUND)[number], number>> = {
  sense: -122,
  predict: -58,
  decide: 0,
  make: 58,
  deliver: 122,
  tell: 180,
};

interface Point {
  readonly x: number;
  readonly y: number;
}

function onRing(degrees: number): Point {
  const turn = (degrees * Math.PI) / 180;
  return { x: CENTRE.x + RADIUS.x * Math.cos(turn), y: CENTRE.y + RADIUS.y * Math.sin(turn) };
}

/** The middle of a station's card. */
export function place(station: Station): Point {
  if (station === "sell" || station === "people") return { x: CENTRE.x - 82, y: CENTRE.y };
  if (station === "stock") return { x: CENTRE.x + 82, y: CENTRE.y };
  return onRing(ANGLE[station]);
}

function arc(from: (typeof ROUND)[number], to: (typeof ROUND)[number]): string {
  const a = onRing(ANGLE[from]);
  const b = onRing(ANGLE[to]);
  return `M${a.x.toFixed(1)} ${a.y.toFixed(1)}A${RADIUS.x} ${RADIUS.y} 0 0 1 ${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
}

function bend(from: Station, to: Station, lift: number): string {
  const a = place(from);
  const b = place(to);
  const mid = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const control = { x: mid.x - ((b.y - a.y) / length) * lift, y: mid.y + ((b.x - a.x) / length) * lift };
  return `M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${control.x.toFixed(1)} ${control.y.toFixed(1)} ${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
}

/** A chevron half way along the arc that leaves `from`, pointing the way the ring turns. */
function chevron(from: (typeof ROUND)[number], to: (typeof ROUND)[number]): string {
  const end = ANGLE[to] > ANGLE[from] ? ANGLE[to] : ANGLE[to] + 360;
  const degrees = (ANGLE[from] + end) / 2;
  const { x, y } = onRing(degrees);
  const turn = (degrees * Math.PI) / 180;
  const heading = (Math.atan2(RADIUS.y * Math.cos(turn), -RADIUS.x * Math.sin(turn)) * 180) / Math.PI;
  return `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${heading.toFixed(1)})`;
}

/** The chevrons of the whole ring. */
export const CHEVRONS: readonly string[] = ROUND.map((from, i) => chevron(from, ROUND[(i + 1) % ROUND.length] ?? "sense"));

export interface Arc {
  readonly from: Station;
  readonly to: Station;
  readonly path: string;
  readonly isOuter: boolean;
}

const OUTER: readonly Arc[] = ROUND.map((from, i) => {
  const to = ROUND[(i + 1) % ROUND.length] ?? "sense";
  return { from, to, path: arc(from, to), isOuter: true };
});

const SPOKES: readonly (readonly [Station, Station, number])[] = [
  ["sell", "sense", -20],
  ["stock", "decide", -14],
  ["make", "stock", -20],
  ["stock", "deliver", 26],
  ["sell", "tell", 14],
  ["decide", "sell", 60],
];

/** Every arc of the picture: the ring itself, then the spokes to and from its middle. */
export const ARCS: readonly Arc[] = [
  ...OUTER,
  ...SPOKES.map(([from, to, lift]) => ({ from, to, path: bend(from, to, lift), isOuter: false })),
];

/** Which arc an event travels: a fact said here moves something there. */
const TRAVELS: Readonly<Record<string, readonly [Station, Station]>> = {
  "sell.OrderPaid": ["sell", "sense"],
  "sell.OrderPlaced": ["sell", "sense"],
  "sell.CampaignOpened": ["decide", "make"],
  "sell.CampaignReached": ["decide", "make"],
  "sell.PromiseMoved": ["sell", "tell"],
  "sell.CampaignMissed": ["sell", "tell"],
  "sell.RefundDue": ["sell", "tell"],
  "sell.OrderShipped": ["stock", "deliver"],
  "predict.ForecastMade": ["predict", "decide"],
  "predict.AnomalyFound": ["predict", "decide"],
  "decide.ProposalMade": ["decide", "make"],
  "decide.ProposalApplied": ["decide", "make"],
  "stock.FellBelowSafety": ["stock", "decide"],
  "stock.StockReceived": ["make", "stock"],
  "stock.ClaimsFilled": ["stock", "deliver"],
  "make.PurchaseReceived": ["make", "stock"],
  "make.WorkDone": ["make", "stock"],
  "make.SupplierDelayed": ["decide", "sell"],
  "make.WorkMoved": ["make", "stock"],
  "make.PurchaseConfirmed": ["decide", "make"],
  "deliver.Shipped": ["deliver", "tell"],
  "deliver.ReadyToCollect": ["deliver", "tell"],
  "deliver.NotCollected": ["deliver", "sell"],
  "deliver.Delivered": ["deliver", "tell"],
  "tell.NoticeSent": ["tell", "sense"],
  "tell.NoticeFailed": ["tell", "sense"],
};

/** The arc an event of `kind` lights up, if it moves anything. */
export function arcOf(kind: string): Arc | undefined {
  const way = TRAVELS[kind];
  return way && ARCS.find((each) => each.from === way[0] && each.to === way[1]);
}

/** Seconds a dash takes along its gap: the larger a station's first number, the livelier its arc; 0 stands still. */
export function pace(number: number): number {
  return number <= 0 ? 0 : Math.max(0.7, 3.2 - Math.log10(1 + number) * 0.6);
}
