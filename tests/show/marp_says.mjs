// Writes marp_says.json: into how many slides Marp cuts each of these decks, and the comments that
// it takes for notes. Run it again when marp-core changes: node tests/show/marp_says.mjs
import { writeFileSync } from "node:fs";
import { Marp } from "@marp-team/marp-core";

const FENCE = "```";

const DECKS = [
  "",
  "# One",
  "# One\n\n---\n\n# Two\n\n---\n\n# Three",
  "a\n\n***\n\nb\n\n___\n\nc\n\n* * *\n\nd\n\n- - -\n\ne\n\n_____________\n\nf",
  "A heading\n---\n\nis no cut\n\n---\n\nand this is one",
  "A heading\n===\n---\nTwo",
  "a\n***\nb\n   ---\nc",
  "a\n\n    ---\n\nb",
  `${FENCE}\n---\n<!-- shown -->\n${FENCE}\n\n---\n\n~~~~ md\n---\n~~~\n---\n~~~~\n`,
  `${FENCE}\nnever closed\n\n---\n\n<!-- shown -->`,
  "- a\n\n  ---\n\n  b\n\n---\n\nTwo",
  "- a\n---\n- b",
  "> a\n>\n> ---\n>\n> b\n\n---\n\nTwo",
  "> a\n---\nTwo",
  "<div>\n---\n</div>\n\n---\n\nTwo",
  "<div>\n\n---\n\n</div>",
  "<script>\n\n---\n\n</script>\n\nb",
  "---\ntitle: A\n---\n# One\n\n---\n# Two",
  "---\ntitle: A\n---\n---\n# Two",
  "---\nheadingDivider: 2\n---\n# One\n\n## Two\n\n### Still two\n\n# Three",
  "---\nheadingDivider: [1, 3]\n---\n# One\n\n## Still one\n\n### Two",
  "---\nheadingDivider: 1\n---\n\n<!-- before -->\n\n# One\n\n<!-- in one -->\n\n---\n\n# Two",
  "---\nheadingDivider: 2\n---\n> # a\n> ## b\n\n- ## c\n\nText\n===\n",
  "---\nheadingDivider:\n  - 2\n---\n# a\n\n## b\n<!-- of b -->\n## c",
  "<!-- headingDivider: 2 -->\n# One\n\n## Two\n\n<!-- headingDivider: false -->\n\n## One still",
  "<!-- headingDivider: nine -->\n# One\n\n# Two",
  "# One\n\n<!-- One line. -->\n\n---\n\n<!-- Two\nlines.\n\nTwo paragraphs. -->\n\n# Two",
  "<!-- a -->\n<!-- b -->\n\n<!-- c --> <!-- lost -->\n\n<!-- d --> lost, too\n\nText <!-- e --> and <!-- f -->",
  "# A heading <!-- in a heading -->\n\n- a <!-- in a list -->\n\n> b <!-- in a quote\n> of two lines -->",
  "| a | b |\n| --- | --- |\n| c <!-- in a table --> | d |\n",
  "- a\n\n  <!-- in\n  a list -->\n\n  b",
  "> <!-- in\n>\n> a quote -->",
  "Text\n<!-- of the\nparagraph -->\n---\n\n---\n\nTwo",
  "<!-- class: lead -->\n<!-- _class: invert -->\n<!-- paginate: true\ncolor: red -->\n<!-- a note -->",
  "<!-- _class:\n  - lead\n  - invert\n-->\n<!-- backgroundColor: #fff -->\n<!-- footer: It is: so -->",
  "<!-- class: lead\nThis is no YAML -->\n\n<!-- Now: a colon -->\n\n<!-- note: a\ncolor: red -->",
  "<!-- {class: lead} -->\n\n<!-- color: a\ncolor: b -->\n\n<!-- classy: a -->\n\n<!-- _theme: a -->",
  "<!-- theme: gaia -->\n<!-- size: 4:3 -->\n<!-- math: katex -->\n<!-- lang: en -->\n<!-- style: a {} -->",
  "<!-- unknown: a -->\n<!-- transition: fade -->\n<!-- title: a -->",
  "# <!-- fit --> Big\n\n<!-- fit -->\n\n## <!-- fit now --> Big",
  "> # <!--fit--> Big\n\n<!-- prettier-ignore -->\n\n<!-- markdownlint-disable MD001 -->\n\n<!-- lint off -->",
  "Text `<!-- shown -->` and `` ` <!-- shown --> `` and \\`<!-- said -->`",
  "    <!-- shown, as code -->\n\nText\n    <!-- said, as it goes on -->",
  "   <!-- said -->\n\n\t<!-- shown -->",
  "<!--no blanks-->\n\n<!---- dashes ---->\n\n<!------>\n\n<!-- a - b -- c -->\n\n<!-- a <!-- b -->",
  "<!-- ends with dashes --- -->\n\n<!--- - a - --->",
  "<!--\n\n---\n\n# No slide\n\n-->\n\n# One",
  "<div>\n\n<!-- between HTML -->\n\n</div>\n\n<b>bold <!-- in HTML of a line --></b>",
  "*em <!-- in it --> em* [link <!-- of it -->](https://example.com)",
  "---\ntitle: A\n...\n# One\n\n<!-- a -->",
  "----\ntitle: |\n ---\n---: no end yet\n----\n# One",
  "Text\r\n\r\n---\r\n\r\n<!-- a\r\n\r\nb -->\r\n",
  "Text\r\r---\r\r<!-- a -->\r",
  "a\u00a0\n\u00a0\n---\n\n<!-- \u00a0b\u00a0 -->",
  "$$\na\n\n---\n\nb\n$$\n\n$ <!-- said --> $",
  "1. a\n   ***\n2. b\n\n***\n\n<!-- é 日本 🎉 -->",
  "[a]: https://example.com\n---\n<!-- b -->",
  "<!-- a -->\n---\n<!-- b -->\n===",
  "# One\n---\n# Two\n---\n---\n",
  "<style>\nsection { color: red }\n\n---\n</style>\n\n---\n\n<style scoped>a{}</style>",
  "<!-- class:lead -->\n\n<!-- 'class': lead -->\n\n<!-- \"_color\": red -->\n\n<!-- class : lead -->",
  "<!-- footer: \"unclosed -->\n\n<!-- header: 'a' b -->\n\n<!-- footer: [a -->\n\n<!-- color: *a -->",
];

const said = DECKS.map((deck) => {
  const { html, comments } = new Marp({ script: false }).render(deck, { htmlAsArray: true });
  return { deck, slides: html.length, comments };
});
writeFileSync(new URL("marp_says.json", import.meta.url), `${JSON.stringify(said, null, 1)}\n`);
