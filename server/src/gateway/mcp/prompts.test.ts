import { expect, test } from "bun:test";
import { filledIn } from "./prompts.ts";

const free = { isRequired: false, choices: [] };
const city = { ...free, name: "city" };
const unit = { ...free, name: "unit" };

test("what is filled in takes its place in the text, wherever it is named", () => {
  expect(filledIn("Weather in $city, yes $city, in $unit.\n", [city, unit], { city: "Bern", unit: "C" })).toBe(
    "Weather in Bern, yes Bern, in C.",
  );
  expect(filledIn("Weather in $city.", [city], {})).toBe("Weather in .");
});

test("what has no place stands below", () => {
  expect(filledIn("Tell the weather.", [city, unit], { city: "Bern", unit: "C" })).toBe(
    "Tell the weather.\n\ncity: Bern\n\nunit: C",
  );
  expect(filledIn("Tell the weather.", [city], { other: "x" })).toBe("Tell the weather.");
});

test("$ARGUMENTS is the only argument, and a stranger's name is left as it is written", () => {
  expect(filledIn("Fix $ARGUMENTS for $5 in $HOME.", [{ ...free, name: "issue" }], { issue: "#7" })).toBe(
    "Fix #7 for $5 in $HOME.",
  );
  expect(filledIn("Fix $ARGUMENTS.", [city, unit], {})).toBe("Fix $ARGUMENTS.");
});

test("what was given is never read as a place for another", () => {
  expect(filledIn("$city $unit", [city, unit], { city: "$unit", unit: "$&" })).toBe("$unit $&");
});
