// SPDX-License-Identifier: Apache-2.0
// Checks dashboards against the schema of Grafana's own types, unknown names refused:
//   node schema/check.mjs FILE...
// Prints every error and ends with 1 if there is one.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const here = dirname(fileURLToPath(import.meta.url));

/** One schema per type of panel, so that an error is about the panel and not about all the types it is not. */
function compile() {
  const schema = createGenerator({
    path: join(here, 'types.ts'),
    tsconfig: join(here, 'tsconfig.json'),
    type: 'TaskscopeDashboard',
    additionalProperties: false,
    skipTypeCheck: false,
    topRef: false,
    expose: 'none',
  }).createSchema('TaskscopeDashboard');
  const panels = schema.properties.panels.items;
  const union = panels.$ref ? schema.definitions[decodeURIComponent(panels.$ref.split('/').pop())] : panels;
  const ajv = new Ajv({ allErrors: true, strict: false, allowUnionTypes: true });
  const byType = {};
  for (const alternative of union.anyOf) {
    const resolved = alternative.$ref
      ? schema.definitions[decodeURIComponent(alternative.$ref.split('/').slice(2).join('/'))]
      : alternative;
    byType[resolved.properties.type.const] = ajv.compile({ ...resolved, definitions: schema.definitions });
  }
  const dashboard = ajv.compile({
    ...schema,
    properties: { ...schema.properties, panels: { type: 'array', items: { type: 'object' } } },
  });
  return { dashboard, byType };
}

const { dashboard, byType } = compile();
let failed = false;

function report(where, errors) {
  failed = true;
  for (const error of errors) {
    console.error(`${where}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
  }
}

for (const file of process.argv.slice(2)) {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  if (!dashboard(json)) {
    report(file, dashboard.errors);
  }
  for (const panel of json.panels) {
    const check = byType[panel.type];
    if (!check) {
      report(file, [{ instancePath: `/${panel.title}`, message: 'panel of a type not known here', params: panel.type }]);
    } else if (!check(panel)) {
      report(`${file} "${panel.title}"`, check.errors);
    }
  }
}
console.log(`${process.argv.length - 2} dashboards, panels of ${Object.keys(byType).length} types: ${failed ? 'not valid' : 'valid'}`);
process.exit(failed ? 1 : 0);
