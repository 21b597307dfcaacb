import { z } from "zod";
import { symbolForm, symbolLengthMax } from "../core/limits/mod.ts";

/** Symbol of an instrument as people write it, in capitals: `BTC/USDT`, `EURUSD=X`, `^GSPC`, `BRK.B`. */
export const symbolSchema = z.string().trim().toUpperCase().min(1).max(symbolLengthMax).regex(
  symbolForm,
  "a symbol without spaces and * ? \" ' ` < > | \\ % ; , and not only of dots",
);
