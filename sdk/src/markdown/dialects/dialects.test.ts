// One text in each dialect, and the traps of each platform.

import { describe, expect, test } from "bun:test";
import { render } from "../chunk.ts";
import { markdown } from "./markdown.ts";
import { matrixHtml } from "./matrix-html.ts";
import { plain } from "./plain.ts";
import { slackMrkdwn } from "./slack-mrkdwn.ts";
import { telegramHtml } from "./telegram-html.ts";
import { whatsapp } from "./whatsapp.ts";

const EVERY = [telegramHtml, plain, markdown, slackMrkdwn, matrixHtml, whatsapp];
const INLINE = "**b** *i* ~~s~~ `c<d` <u>u</u> ||h|| [l](https://a.b/?x=1&y=2)";
const LISTS = "- a\n- b\n  1. c\n  2. d\n- [x] e";
const TABLE = "| n | v |\n|---|--:|\n| one | 1 |\n| 漢 | 22 |";
const LINED_UP = ["n   |   v", "----+----", "one |   1", "漢  |  22"].join("\n");

describe("[F06] Telegram's HTML", () => {
  test("has a tag for each style and escapes only what must be", () => {
    expect(render(INLINE, telegramHtml)).toBe(
      '<b>b</b> <i>i</i> <s>s</s> <code>c&lt;d</code> <u>u</u> <tg-spoiler>h</tg-spoiler> <a href="https://a.b/?x=1&amp;y=2">l</a>',
    );
    expect(render(`"it's" & <x>`, telegramHtml)).toBe(`"it's" &amp; &lt;x&gt;`);
    expect(render('[l](<https://a.b/"q">)', telegramHtml)).toBe('<a href="https://a.b/&quot;q&quot;">l</a>');
  });

  test("shows headings in bold, lists with signs, tables and code in pre, rules as a line", () => {
    expect(render("# A *b*", telegramHtml)).toBe("<b>A <i>b</i></b>");
    expect(render(LISTS, telegramHtml)).toBe("• a\n• b\n  1. c\n  2. d\n☑ e");
    expect(render(TABLE, telegramHtml)).toBe(`<pre>${LINED_UP}</pre>`);
    expect(render("```ts\na<b\n```", telegramHtml)).toBe('<pre><code class="language-ts">a&lt;b</code></pre>');
    expect(render('```x"y\na\n```', telegramHtml)).toBe("<pre>a</pre>");
    expect(render("a\n\n---\n\nb", telegramHtml)).toBe("a\n\n———\n\nb");
  });

  test("does not nest quotes, nor put styles into code, which Telegram refuses", () => {
    expect(render("> a\n> > b\n> > c", telegramHtml)).toBe("<blockquote>a\n\n│ b\n│ c</blockquote>");
    expect(render("**a `b` c**", telegramHtml)).toBe("<b>a</b> <code>b</code> <b>c</b>");
    expect(render("[`x`](https://a.b)", telegramHtml)).toBe('<a href="https://a.b">x</a>');
  });

  test("code in a list keeps its own margin", () => {
    expect(render("- a\n  ```\n  x\n    y\n  ```", telegramHtml)).toBe("• a\n  <pre>x\n  y</pre>");
  });
});

describe("[F06] links that could harm become text in every dialect", () => {
  for (const dialect of EVERY) {
    test(dialect.name, () => {
      for (const href of [
        "javascript:alert(1)",
        "JaVaScript:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
      ]) {
        expect(render(`see [word](${href})`, dialect).replace(/<\/?p>/g, "")).toBe("see word");
      }
      expect(render('<a href="java\tscript:x">word</a>', dialect).replace(/<\/?p>/g, "")).toBe("word");
      expect(render("[word](./notes.txt)", dialect)).toContain("word (./notes.txt)");
    });
  }
});

describe("[F06] plain text", () => {
  test("has no signs, and addresses behind their words unless they say the same", () => {
    expect(render(INLINE, plain)).toBe("b i s c<d u h l (https://a.b/?x=1&y=2)");
    expect(render("https://a.b and [a@b.c](mailto:a@b.c)", plain)).toBe("https://a.b and a@b.c");
    expect(render("![pic](https://a.b/i.png)", plain)).toBe("pic (https://a.b/i.png)");
    expect(render(`# T\n\n> q\n\n${TABLE}`, plain)).toBe(`T\n\n> q\n\n${LINED_UP}`);
  });
});

describe("[F06] Markdown for platforms that take it", () => {
  test("is Markdown again", () => {
    expect(render(INLINE, markdown)).toBe("**b** *i* ~~s~~ `c<d` u ||h|| [l](https://a.b/?x=1&y=2)");
    expect(render(LISTS, markdown)).toBe("- a\n- b\n  1. c\n  2. d\n- [x] e");
    expect(render("##### T", markdown)).toBe("### T");
    expect(render(TABLE, markdown)).toBe(`\`\`\`\n${LINED_UP}\n\`\`\``);
    expect(render("> a\n>\n> ```js\n> x\n> ```", markdown)).toBe("> a\n>\n> ```js\n> x\n> ```");
  });

  test("text that looks like signs stays text", () => {
    expect(render("\\*a\\* a_b_c \\[x](y) \\<@1>", markdown)).toBe("\\*a\\* a\\_b\\_c \\[x\\](y) \\<@1>");
    expect(render("\\# a\n\\- b\n1\\. c\n\\> d\n\\---", markdown)).toBe("\\# a\n\\- b\n1\\. c\n\\> d\n\\---");
    expect(render("look![l](https://a.b)", markdown)).not.toContain("![");
    expect(render("look\\![l](https://a.b)", markdown)).toBe("look\\![l](https://a.b)");
    expect(render("https://a.b/x_y", markdown)).toBe("https://a.b/x_y");
  });

  test("fences and code spans outgrow the backticks they hold", () => {
    expect(render("````\n```\n````", markdown)).toBe("````\n```\n````");
    expect(render("`` a`b ``", markdown)).toBe("`` a`b ``");
  });

  test("a style within a word, which its signs could not show there, is left out", () => {
    expect(render("x<b>“y”</b>z", markdown)).toBe("x“y”z");
    expect(render("<b>a</b><i>b</i>", markdown)).toBe("a*b*");
    expect(render("x**y**z", markdown)).toBe("x**y**z");
    expect(render("*a **b** c*", markdown)).toBe("*a **b** c*");
    expect(render("***a** b*", markdown)).toBe("***a** b*");
  });
});

describe("[F06] Slack's mrkdwn", () => {
  test("has its own signs, links and three escapes", () => {
    expect(render(INLINE, slackMrkdwn)).toBe("*b* _i_ ~s~ `c&lt;d` u h <https://a.b/?x=1&amp;y=2|l>");
    expect(render("<!channel> & <@U1>", slackMrkdwn)).toBe("&lt;!channel&gt; &amp; &lt;@U1&gt;");
    expect(render("# T\n\n> a\n> b", slackMrkdwn)).toBe("*T*\n\n> a\n> b");
    expect(render("```js\nx\n```", slackMrkdwn)).toBe("```\nx\n```");
    expect(render("x**y**z", slackMrkdwn)).toBe("xyz");
  });
});

describe("[F06] Matrix's HTML", () => {
  test("is made of the tags the specification lists", () => {
    expect(render(INLINE, matrixHtml)).toBe(
      '<p><strong>b</strong> <em>i</em> <del>s</del> <code>c&lt;d</code> <u>u</u> <span data-mx-spoiler>h</span> <a href="https://a.b/?x=1&amp;y=2">l</a></p>',
    );
    expect(render("- a\n  - b\n- c\n\n3. d", matrixHtml)).toBe(
      '<ul><li>a\n<ul><li>b</li></ul></li>\n<li>c</li></ul>\n<ol start="3"><li>d</li></ol>',
    );
    expect(render("|a|b|\n|-|-|\n|1| |", matrixHtml)).toBe(
      "<table><tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>\u00a0</td></tr></table>",
    );
    expect(render("a\nb\n\n---", matrixHtml)).toBe("<p>a<br>b</p>\n<hr>");
  });
});

describe("[F06] WhatsApp's signs", () => {
  test("are used around whole words, and addresses stand behind their words", () => {
    expect(render(INLINE, whatsapp)).toBe("*b* _i_ ~s~ `c<d` u h l (https://a.b/?x=1&y=2)");
    expect(render("# T\n\n- a\n  1. b", whatsapp)).toBe("*T*\n\n- a\n  1. b");
    expect(render("x**y**z", whatsapp)).toBe("xyz");
  });
});
