import { join } from "node:path";
import { isUuid } from "../../../core/text/mod.ts";

/** Folder of one user's candles. A user id comes from a token, so it must not be able to name another folder. */
export function ownFolder(directory: string, userId: string): string {
  if (!isUuid(userId) || userId !== userId.toLowerCase()) {
    throw new TypeError("Cannot find the candles of a user: his id is no UUID in lower case");
  }
  return join(directory, userId);
}
