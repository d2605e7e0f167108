// Checks a value against a Shape and says what is wrong in the words that clients of the protocol know from its first
// server (those of the JSON Schema validator Ajv, all errors, joined by "; ").
import type { Shape } from "./shape.ts";

/**
 * Undefined when the value fits; else the sentence for the error message. `isOpen` lets keys pass that a strict shape
 * does not know, but for conditions: for clients that may be newer than we are.
 */
export function problems(shape: Shape, value: unknown, isOpen = false): string | undefined {
  const found: Found = { lines: new Set(), isOpen };
  visit(shape, value, "", found);
  return found.lines.size === 0 ? undefined : [...found.lines].join("; ");
}

interface Found {
  readonly lines: Set<string>;
  readonly isOpen: boolean;
}

function visit(shape: Shape, value: unknown, path: string, found: Found): void {
  if (shape.anyOf) {
    visitAny(shape.anyOf, value, path, found);
    return;
  }
  if (shape.type !== undefined && !isType(shape.type, value)) {
    say(found, path, `must be ${shape.type}`);
    // A constant complains beside its type, the other rules only apply to the right type.
    if (shape.const !== undefined) say(found, path, "must be equal to constant");
    return;
  }
  if (shape.const !== undefined && value !== shape.const) say(found, path, "must be equal to constant");
  if (typeof value === "string") visitString(shape, value, path, found);
  if (typeof value === "number") visitNumber(shape, value, path, found);
  if (Array.isArray(value)) visitArray(shape, value, path, found);
  else if (typeof value === "object" && value !== null)
    visitObject(shape, value as Record<string, unknown>, path, found);
}

function visitAny(options: readonly Shape[], value: unknown, path: string, found: Found): void {
  const below = new Set<string>();
  for (const option of options) {
    const own: Found = { lines: new Set(), isOpen: found.isOpen };
    visit(option, value, path, own);
    if (own.lines.size === 0) return;
    for (const line of own.lines) below.add(line);
  }
  for (const line of below) found.lines.add(line);
  say(found, path, "must match a schema in anyOf");
}

function visitString(shape: Shape, value: string, path: string, found: Found): void {
  const { minLength, maxLength } = shape;
  if (maxLength !== undefined && value.length > maxLength && codePoints(value) > maxLength) {
    say(found, path, `must NOT have more than ${maxLength} characters`);
  }
  if (minLength !== undefined && value.length < minLength)
    say(found, path, `must NOT have fewer than ${minLength} characters`);
}

function visitNumber(shape: Shape, value: number, path: string, found: Found): void {
  if (shape.maximum !== undefined && value > shape.maximum) say(found, path, `must be <= ${shape.maximum}`);
  if (shape.minimum !== undefined && value < shape.minimum) say(found, path, `must be >= ${shape.minimum}`);
}

function visitArray(shape: Shape, value: readonly unknown[], path: string, found: Found): void {
  if (shape.minItems !== undefined && value.length < shape.minItems) {
    say(found, path, `must NOT have fewer than ${shape.minItems} items`);
  }
  const { items } = shape;
  if (!items) return;
  for (const [index, item] of value.entries()) visit(items, item, `${path}/${index}`, found);
}

function visitObject(shape: Shape, value: Record<string, unknown>, path: string, found: Found): void {
  for (const key of shape.required ?? []) {
    if (value[key] === undefined) say(found, path, `must have required property '${key}'`);
  }
  visitOtherKeys(shape, value, path, found);
  for (const [key, property] of Object.entries(shape.properties ?? {})) {
    if (value[key] !== undefined) visit(property, value[key], `${path}/${pointer(key)}`, found);
  }
}

function visitOtherKeys(shape: Shape, value: Record<string, unknown>, path: string, found: Found): void {
  const rule = shape.additionalProperties;
  if (rule === undefined) return;
  for (const key of Object.keys(value)) {
    if (shape.properties && Object.hasOwn(shape.properties, key)) continue;
    if (rule === false && (!found.isOpen || isGuard(key, value[key])))
      found.lines.add(`at ${path || "root"}: unexpected property '${key}'`);
    else if (rule !== false) visit(rule, value[key], `${path}/${pointer(key)}`, found);
  }
}

/** A condition that a client sets (`expectedSessionId`) must be held, not passed over: it would believe that it was. */
function isGuard(key: string, value: unknown): boolean {
  return /^expected[A-Z]/.test(key) && value !== null && value !== undefined;
}

function say(found: Found, path: string, message: string): void {
  found.lines.add(path === "" ? message : `at ${path}: ${message}`);
}

function isType(type: NonNullable<Shape["type"]>, value: unknown): boolean {
  switch (type) {
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

/** RFC 6901 escaping of a key. */
function pointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
