// Holds every GraphQL query of the bot against GitHub's schema.
// Usage: node .ci/graphql.mjs FOLDER_WITH_NODE_MODULES

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const tools = process.argv[2];
if (!tools) {
  console.error("graphql: name the folder in which the packages are installed");
  process.exit(2);
}
const require = createRequire(join(resolve(tools), "package.json"));
const { buildClientSchema, parse, validate } = require("graphql");
// The introspected schema: the one in SDL that is published beside it defines a field twice.
const schemaFile = join(tools, "node_modules", "@octokit", "graphql-schema", "schema.json");
const introspected = JSON.parse(readFileSync(schemaFile, "utf8"));
const schema = buildClientSchema(introspected.data ?? introspected);

const folder = "src/forge/github";
const queries = readdirSync(folder).filter((name) => name.endsWith(".graphql"));
if (queries.length === 0) {
  console.error(`graphql: no query in ${folder}`);
  process.exit(1);
}
let wrong = 0;
for (const name of queries) {
  for (const error of validate(schema, parse(readFileSync(join(folder, name), "utf8")))) {
    console.error(`${folder}/${name}: ${error.message}`);
    wrong += 1;
  }
}
if (wrong > 0) process.exit(1);
console.log(`graphql: ${queries.length} queries are as GitHub's schema wants them`);
