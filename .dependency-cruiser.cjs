/** Rooms of the library import only to the left: semantics, context, tracing, logging and metrics, http, temporal and connector, module. */
const LIBRARY = 'libs/nestjs-onetrace/src';
const ROOMS = [
  ['semantics', []],
  ['context', ['semantics']],
  ['tracing', ['semantics', 'context']],
  ['logging', ['semantics', 'context', 'tracing']],
  ['metrics', ['semantics', 'context', 'tracing']],
  ['http', ['semantics', 'context', 'tracing', 'logging', 'metrics']],
  ['temporal', ['semantics', 'context', 'tracing', 'logging', 'metrics']],
  ['connector', ['semantics', 'context', 'tracing', 'logging', 'metrics']],
  ['module', ['semantics', 'context', 'tracing', 'logging', 'metrics', 'http']],
];

const roomRules = ROOMS.map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `${room} may import only itself and ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^${LIBRARY}/${room}/`, pathNot: '\\.(spec|bench|fixture)\\.ts$' },
  to: { path: `^${LIBRARY}/`, pathNot: `^${LIBRARY}/(${[room, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'isolate-hygiene',
      comment: "code inside Temporal's workflow isolate imports only @temporalio/workflow and the names",
      severity: 'error',
      from: { path: `^${LIBRARY}/temporal/workflow/`, pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          `^${LIBRARY}/temporal/workflow/`,
          `^${LIBRARY}/semantics/`,
          'node_modules/@temporalio/(workflow|common)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'optional-temporal',
      comment: 'Temporal is an optional peer: only its room may need it',
      severity: 'error',
      from: { path: `^${LIBRARY}/`, pathNot: [`^${LIBRARY}/temporal/`, '\\.spec\\.ts$'] },
      to: { path: 'node_modules/@temporalio/' },
    },
    {
      name: 'no-tests-in-products',
      severity: 'error',
      from: { path: '^(libs|apps)/[^/]+/src/', pathNot: '\\.(spec|fixture|fixtures)\\.ts$' },
      to: { path: '\\.(spec|bench|fixture)\\.ts$' },
    },
    {
      name: 'libraries-stand-alone',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|tools|test|deploy)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
