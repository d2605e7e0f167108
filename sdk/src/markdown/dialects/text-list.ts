// Lists for platforms without lists of their own: a sign before the item, its other lines indented.

import type { ItemMark, Wrap } from "../dialect.ts";

const BULLETS = ["•", "◦", "▪"] as const;

export function textItem({ depth, number, checked }: ItemMark): Wrap {
  const sign = number === undefined ? (BULLETS[depth % BULLETS.length] ?? "•") : `${number}.`;
  const shown = checked === undefined ? sign : checked ? "☑" : "☐";
  return { first: `${shown} `, rest: " ".repeat(shown.length + 1) };
}
