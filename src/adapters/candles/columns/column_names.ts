import type { ColumnRole } from "../../../core/bars/mod.ts";

/**
 * Names of columns by what they are for a candle, the likeliest first; compared without case, blanks, brackets, dots,
 * numbers in front (`1. open`) and underscores.
 */
const names: Readonly<Record<ColumnRole, readonly string[]>> = {
  time: [
    ..."tsopen opentime timeopen candledatetimeutc windowstart tsevent openstime unix unixtime unixtimestamp timestamp timestamputc"
      .split(" "),
    ..."datetime datetimeutc dateutc timeutc gmttime utctime utc localtime time date ts t start starttime"
      .split(" "),
    ..."starttimestamp starttimeutc begin begins bartime bartimestamp candletime candlebegintime".split(" "),
    ..."periodstart timeperiodstart tradedate tradingday day dt id mts epoch stamp created dateandtime".split(
      " ",
    ),
    ..."datum zeit zeitpunkt fecha data index unnamed0 indexlevel0 dateopen opendate openat tradingdate dtyyyymmdd 日期 时间 交易日期 日付 日時 дата ticks"
      .split(" "),
  ],
  time_of_day: [..."time clock timeofday hour zeit uhrzeit hora".split(" ")],
  open: [
    ..."openen openingskoers oppen oppning abre открытие 开盘 开盘价 始値".split(" "),
    ..."open o openprice first priceopen pxopen opening opn openingprice tradeopen".split(" "),
    ..."eroffnung eroffn eroeffnung eroeffn erster eroffnungskurs ouverture ouv apertura abertura aper otwarcie"
      .split(" "),
  ],
  high: [
    ..."high h highprice max pricehigh pxhigh maxprice highest hi tradehigh".split(" "),
    ..."hoechst hogst hoogste maks максимум 最高 最高价 高値 hoch hochst tageshoch haut plushaut maximo maxima massimo najwyzszy hoog"
      .split(" "),
  ],
  low: [
    ..."low l lowprice min pricelow pxlow minprice lowest lo tradelow".split(" "),
    ..."lagst laagste минимум 最低 最低价 安値 tief tiefst tagestief bas plusbas minimo minima najnizszy laag"
      .split(" "),
  ],
  close: [
    ..."close c closeprice last priceclose pxclose closing pxlast cls closingprice closelast tradeclose"
      .split(" "),
    ..."settle settlement lastprice zuletzt slotkoers stangning закрытие 收盘 收盘价 終値 closelast tradeprice price schluss schlusskurs cloture clot dernier cierre fechamento"
      .split(
        " ",
      ),
    ..."chiusura ultimo zamkniecie slot".split(" "),
  ],
  volume: [
    ..."volume volumebase basevolume vol v vo volumebtc volumetraded totalvolume shares contracts qty".split(
      " ",
    ),
    ..."candleacctradevolume stuecke volym объем 成交量 出来高 amount tickvolume tickvol ticks quantity size volumen stucke umsatz volumeusd quotevolume"
      .split(" "),
    ..."wolumen volumes titres".split(" "),
  ],
  adjusted_close: [
    ..."adjclose adjustedclose adjustedcloseprice closeadj adjclosing adjcls closeadjusted".split(" "),
  ],
  instrument: [
    ..."symbol ticker instrument instrumentname pair tic asset coin code contract product market sid".split(
      " ",
    ),
    ..."name instrumentid securityid isin root".split(" "),
  ],
};

/** A name as {@link namedRank} compares it: letters of any alphabet without their accents, and digits. */
export function plainName(name: string): string {
  return name.normalize("NFKD").toLowerCase().replace(/^\s*\d+\s*[.:)]\s*/, "").replaceAll("ł", "l")
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** How likely a name is that of a role, 0 the likeliest; -1 where it is not one of its names. */
export function namedRank(role: ColumnRole, name: string): number {
  const plain = plainName(name);
  // an index of pandas has no name
  if (plain === "") return role === "time" ? names.time.indexOf("index") : -1;
  // of a name in letters that were not told a single one may be left
  if (plain.length === 1 && /[^\p{ASCII}]/u.test(name)) return -1;
  const [rank] = [plain, ...partsOf(name)].map((part) => names[role].indexOf(part)).filter((rank) =>
    rank >= 0
  );
  // of `l` and `L` the plain one
  if (rank !== undefined) return plain.length === 1 && name.trim() !== plain ? rank + 0.5 : rank;
  return role === "volume" && /^volume[a-z0-9]{2,10}$/.test(plain) ? names.volume.indexOf("volumebtc") : -1;
}

/** A name without a unit in brackets, and each of two that stand for one thing: `OPEN (USD)`, `open/开盘价`. */
function partsOf(name: string): readonly string[] {
  const whole = name.trimEnd();
  const bare = whole.replace(/[\[(（][^\])）]{0,40}[\])）]$/, "");
  const isTwice = name.includes("/") && /[^\p{ASCII}]/u.test(name);
  return [...(bare === whole ? [] : [plainName(bare)]), ...(isTwice ? name.split("/").map(plainName) : [])];
}

/** Whether prices of a file with these columns are whole numbers of 1e-9, as DBN files have them. */
export function areFixedPoint(header: readonly string[]): boolean {
  const plain = header.map(plainName);
  return plain.includes("tsevent") && (plain.includes("rtype") || plain.includes("publisherid"));
}
