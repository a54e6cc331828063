// Holds the stand-in's webhooks against GitHub's description of them.
// Usage: node .ci/webhooks.mjs FOLDER_WITH_NODE_MODULES DELIVERIES
// DELIVERIES has one JSON object a line: event, action (may be null), payload.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [tools, deliveries] = process.argv.slice(2);
if (!tools || !deliveries) {
  console.error("webhooks: name the folder of the packages and the file of deliveries");
  process.exit(2);
}
const require = createRequire(join(resolve(tools), "package.json"));
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;
const description = JSON.parse(
  readFileSync(
    join(tools, "node_modules/@octokit/openapi-webhooks/generated/api.github.com.json"),
    "utf8",
  ),
);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(description, "github");

const pointer = (text) => text.replaceAll("~", "~0").replaceAll("/", "~1");
const lines = readFileSync(deliveries, "utf8").split("\n").filter(Boolean);
const seen = new Set();
const wrong = new Set();
for (const line of lines) {
  const { event, action, payload } = JSON.parse(line);
  const name = [event, action].filter(Boolean).join("-").replaceAll("_", "-");
  seen.add(name);
  if (!description.webhooks[name]) {
    wrong.add(`${name}: GitHub has no such webhook`);
    continue;
  }
  const path = `#/webhooks/${pointer(name)}/post/requestBody/content/application~1json/schema`;
  const validate = ajv.getSchema(`github${path}`);
  if (!validate(payload)) {
    for (const error of validate.errors) {
      wrong.add(`${name}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
    }
  }
}
for (const words of wrong) console.error(`webhooks: ${words}`);
if (seen.size < 30) wrong.add(console.error(`webhooks: ${seen.size} kinds of them only`));
if (wrong.size > 0) process.exit(1);
console.log(`webhooks: ${lines.length} of ${seen.size} kinds are as GitHub describes them`);
