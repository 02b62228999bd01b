// What opens over a page, in one file: whoever opens one of them is likely to open the other.
export { palette } from "./palette";
export { shortcuts } from "./shortcuts";
