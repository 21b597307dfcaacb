import { barLengthMs, type Timeframe, timeframeOf } from "./timeframe.ts";

const unitNames: Readonly<Record<string, string>> = {
  second: "s",
  sec: "s",
  minute: "m",
  min: "m",
  t: "m",
  hour: "h",
  hourly: "h",
  hr: "h",
  day: "d",
  daily: "d",
  week: "w",
  weekly: "w",
  wk: "w",
  month: "M",
  monthly: "M",
  mon: "M",
  mo: "M",
  mth: "M",
};

const lengthsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const countMax = 99_999;

/**
 * The timeframe that a text probably means: `1H`, `15min`, `60`, `D`, `2w`, `1.5h`, `P1D`. A number without a unit is one of
 * minutes, as charts have it. Null where nothing is near.
 */
export function nearestTimeframe(text: string): Timeframe | null {
  const match = /^(PT?)?(\d{0,12}(?:\.\d{1,12})?) ?([A-Za-z]{0,12})$/.exec(text.trim());
  if (match === null || text.trim() === "") return null;
  const [, iso, digits = "", letters = ""] = match;
  const unit = unitOf(iso === "PT" ? letters.toLowerCase() : letters);
  if (unit === null) return null;
  const count = digits === "" ? 1 : Number(digits);
  if (unit === "M") return count < 2 ? "1M" : wholeDays(count * 30);
  if (unit === "w") return count < 2 ? "1w" : wholeDays(count * 7);
  if (Number.isInteger(count)) return known(`${Math.min(Math.max(count, 1), countMax)}${unit}`);
  const ms = count * lengthsMs[unit];
  const finer = (["d", "h", "m"] as const).find((name) => ms % lengthsMs[name] === 0) ?? "s";
  return known(`${Math.max(Math.round(ms / lengthsMs[finer]), 1)}${finer}`);
}

function wholeDays(days: number): Timeframe | null {
  return known(`${Math.min(Math.max(Math.round(days), 1), countMax)}d`);
}

function known(text: string): Timeframe | null {
  return barLengthMs(text) === null ? null : timeframeOf(text);
}

type Unit = keyof typeof lengthsMs | "M";

function unitOf(letters: string): Unit | null {
  if (letters === "") return "m";
  if (["s", "m", "h", "d", "w", "M"].includes(letters)) return letters as Unit;
  const lower = letters.toLowerCase();
  const singular = lower.length > 2 ? lower.replace(/s$/, "") : lower;
  const name = unitNames[singular] ?? (["s", "m", "h", "d", "w"].includes(lower) ? lower : undefined);
  return (name as Unit | undefined) ?? null;
}
