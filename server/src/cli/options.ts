// Options that are more than text.

interface WrongOption {
  readonly kind: "invalid";
  readonly code: string;
  readonly message: string;
}

/** A text of an option; undefined when it was not given. */
export function textOption(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A whole number of an option, under its name; nothing when the option was not given. */
export function numberOption<Name extends string>(
  name: Name,
  value: string | boolean | undefined,
): { readonly [key in Name]?: number } {
  if (typeof value !== "string") return {};
  if (/^\d+$/.test(value)) return { [name]: Number(value) } as { [key in Name]: number };
  const wrong: WrongOption = {
    kind: "invalid",
    code: "cli.option",
    message: `--${name} must be a whole number, not "${value}".`,
  };
  throw Object.assign(new Error(wrong.message), wrong);
}
