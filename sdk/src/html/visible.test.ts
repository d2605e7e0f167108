import { expect, test } from "bun:test";
import fc from "fast-check";
import { readHtml } from "./read.ts";
import { oneLine, textOf } from "./tree.ts";
import { visible } from "./visible.ts";

const seen = (html: string) => oneLine(textOf(visible(readHtml(html))));

const hiding = [
  "hidden",
  'aria-hidden="true"',
  'style="display:none"',
  'style="color:red; DISPLAY : none !important"',
  'style="visibility:hidden"',
  'style="opacity:0"',
  'style="opacity: 0.0;"',
  'style="font-size:0px"',
  'style="font-size:0"',
  'style="width:0;height:0;overflow:hidden"',
  'style="height:1px"',
  'style="position:absolute;left:-9999px"',
  'style="text-indent:-1000em"',
  'style="clip:rect(0,0,0,0)"',
  'style="clip-path: inset(50%)"',
  'style="transform:scale(0)"',
  'style="color:transparent"',
  'class="a sr-only"',
  'class="ghost"',
  'id="gone"',
] as const;
const sheet = "<style>/* } */ .ghost , p.other{display:none} #gone{opacity:0}</style>";

test.each(hiding)("what is hidden by %s is left out with all inside", (attribute) => {
  expect(seen(`${sheet}<p>yes<div ${attribute}>no<b>no</b></div>`).replace(/^.*\}/, "").trim()).toBe("yes");
});

test.each([
  'style="opacity:0.5"',
  'style="width:100px;height:10px"',
  'style="font-size:0.8em"',
  'style="max-width:0.5em"',
  'style="margin-left:-5px"',
  'hidden="until-found"',
  'aria-hidden="false"',
  'class="print"',
  'class="small"',
])("what is seen stays: %s", (attribute) => {
  const rules = "<style>@media print{.print{display:none}} @media (max-width:9px){.small{display:none}}</style>";
  expect(seen(`${rules}<p ${attribute}>yes</p>`)).toEndWith("yes");
});

test("words in a hidden element never come out, however the page around is broken", () => {
  const junk = fc.array(
    fc.constantFrom("<p>", "</p>", "<div>", "<b", ">", "<table><tr><td>", "<li>", "'", '"', "<a href=x>"),
    {
      maxLength: 15,
    },
  );
  fc.assert(
    fc.property(junk, fc.constantFrom(...hiding), (before, attribute) => {
      // A quote or a tag left open would take the element into an attribute, as in a browser.
      const text = seen(`${before.join("")}"'>${sheet}<section ${attribute}>poison<b>poison</section>`);
      expect(text).not.toContain("poison");
    }),
    { numRuns: 300 },
  );
});
