// Holds the schema of policies, as editors read it, against policies: those that we show are good,
// and what the reader refuses at a glance is not.
//
//   node .ci/policy.mjs FOLDER     with FOLDER/node_modules having ajv and yaml
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const require = createRequire(join(resolve(process.argv[2]), "any.js"));
const Ajv = require("ajv/dist/2020").default;
const { parse } = require("yaml");

const schema = JSON.parse(readFileSync("config/policy.schema.json", "utf8"));
const valid = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

const good = ["config/policy.example.yml", "config/init/labhand.yml"].map((path) => [
  path,
  readFileSync(path, "utf8"),
]);
for (const page of ["policy", "handoff", "models"]) {
  const text = readFileSync(`docs/${page}.md`, "utf8");
  for (const [, block] of text.matchAll(/^```yaml\n(.*?)^```/gms)) {
    if (block.startsWith("{{#include")) continue; // that is the example above
    // Pages also show files of other kinds.
    const keys = Object.keys(parse(block) ?? {});
    if (keys.some((key) => key in schema.properties)) good.push([`docs/${page}.md`, block]);
  }
}
for (const text of [
  "",
  "enabled: no",
  "timeboxes: { presets: { spike: off, mine: 90m, deep: ~ } }",
  "guards: { experiment-needs-metric: warn, one-active-box: off }",
  'handoff: { entries: { ab-testing: off, serving: "Our title", privacy: { side: both } } }',
  "labels: { kind/research: research, points/2-3: small, model/fraud: fraud }",
  "board: { issue: 12, digest: Mon 09:00 }",
])
  good.push([text, text]);
const bad = [
  "enable: true",
  "guards: { experiment-needs-metrics: warn }",
  "guards: { experiment-needs-metric: loud }",
  "timeboxes: { presets: { my-own: 4h } }",
  "labels: { kind/reserch: research }",
  "models: { release: always }",
  "calendar: { days: [] }",
  "lifecycle: { gates: { problems: off } }",
  "handoff: { entries: { privacy: { sides: both } } }",
];

let wrong = 0;
for (const [name, text] of good)
  if (!valid(parse(text) ?? null)) {
    wrong += 1;
    console.error(`policy: ${name} is refused:`, valid.errors);
  }
for (const text of bad)
  if (valid(parse(text))) {
    wrong += 1;
    console.error(`policy: this is taken: ${text}`);
  }
if (wrong || good.length < 10) process.exit(1);
console.log(`policy: the schema takes ${good.length} good policies and refuses ${bad.length} bad ones`);
