/** What pages call the families of indicators, by the part of an id before its dot. */
export const familyTitles: Readonly<Record<string, string>> = {
  ma: "Moving averages",
  momentum: "Momentum",
  structure: "Structure",
  trend: "Trend",
  volatility: "Volatility",
  volume: "Volume",
};
