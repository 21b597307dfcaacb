/** Scales the prices of a row so that its close becomes the adjusted one, which it then is to the last digit. */
export function adjust(row: Float64Array, adjusted: number): void {
  const close = row[4]!;
  for (let field = 1; field < 4; field++) row[field] = row[field]! * adjusted / close;
  row[4] = adjusted;
}
