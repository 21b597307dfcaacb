/** Says what is wrong with a row, as the end of an error text; who knows where the row is adds that. */
export class RowFault extends Error {}
