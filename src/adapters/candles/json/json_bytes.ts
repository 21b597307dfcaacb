/** A blank of JSON. */
export const tab = 9;
/** The blank that ends a line. */
export const newline = 10;
/** The blank before it on some systems. */
export const returned = 13;
/** The blank itself. */
export const blank = 32;
/** Around texts. */
export const quote = 34;
/** Between members. */
export const comma = 44;
/** Before a number. */
export const minus = 45;
/** Before its fraction. */
export const point = 46;
/** The least digit. */
export const zero = 48;
/** The greatest one. */
export const nine = 57;
/** Behind a name. */
export const colon = 58;
/** Before a list. */
export const opened = 91;
/** Before a letter that would be another one. */
export const backslash = 92;
/** Behind a list. */
export const closed = 93;
/** Before an object. */
export const openedObject = 123;
/** Behind one. */
export const closedObject = 125;
