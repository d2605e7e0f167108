// Rows of the methods about devices that are paired or ask to be.
import { type MethodRow, pairing } from "../row.ts";

export const rows: readonly MethodRow[] = [
  pairing("device.pair.list", "2026.2.17"),
  pairing("device.pair.approve", "2026.2.17"),
  pairing("device.pair.reject", "2026.2.17"),
  pairing("device.pair.remove", "2026.5.7"),
  pairing("device.pair.rename", "2026.9"),
  pairing("device.token.rotate", "2026.2.17"),
  pairing("device.token.revoke", "2026.2.17"),
];
