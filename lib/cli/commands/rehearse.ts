/** `interlock rehearse`: every failure of every step, and pairs of them, in virtual time; what broke, and what became of the rest. */
import type { CompiledWorkflow } from '../../compile/compile.ts';
import { durationMs } from '../../model/duration.ts';
import { Failure } from '../../model/failure.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { ApiDocument } from '../../model/openapi.ts';
import { Catalogue } from '../../rehearse/catalogue.ts';
import { explore, jobOf, type RehearsalReport } from '../../rehearse/explore.ts';
import type { Job, Player } from '../../rehearse/played.ts';
import { scenarioFaults } from '../../rehearse/scenario-file.ts';
import { checkedInput } from '../../runtime/run.ts';
import { answerBook } from '../../simulate/answer-book.ts';
import { simulatedEnvironments } from '../../simulate/simulated-environment.ts';
import { systemDocuments } from '../../simulate/system-documents.ts';
import { type Command, type Invocation, JSON_OPTION, usageFailure } from '../command.ts';
import {
  chosenWorkflow,
  COMPILE_OPTIONS,
  type CompiledFile,
  compileOperand,
  jsonOption,
  tellRefused,
  WORKFLOW_OPTION,
} from '../compiling.ts';
import { exampleInput } from '../example-input.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { tellInvalid } from '../operating.ts';
import { rehearsalJunit } from '../rehearsal-junit.ts';
import { rehearsalPage, type Story } from '../rehearsal-page.ts';
import type { Material } from '../rehearse-material.ts';
import { RehearsePool } from '../rehearse-pool.ts';
import { renderPlayed, renderRehearsal } from '../render-rehearsal.ts';
import { rehearsalProgress } from '../rehearsal-progress.ts';
import { signalled } from '../signals.ts';
import { inkFor } from '../terminal.ts';
import { writeText } from '../write-file.ts';

/** What the search of one second is worth, on every machine: the report must not depend on how fast it is. */
export const SEARCHED_PER_SECOND = 800;
const SEARCH_DEFAULT = '1s';
const MOST_DEFAULT = 100_000;
const MOST_SEARCH_MS = 86_400_000;

export const rehearseCommand: Command = {
  name: 'rehearse',
  summary:
    'Rehearse a workflow: every failure of every step, and every pair of failures, in virtual time, against systems made from the OpenAPI documents. Nothing is sent.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    workflow: WORKFLOW_OPTION,
    input: {
      type: 'string',
      short: 'i',
      value: 'JSON|@FILE|-',
      says: "The workflow's input; input.example.json beside the description, else one made from the schema.",
    },
    seed: { type: 'string', value: 'N', says: 'Of the search after the pairs (default 1).', refuse: whyNoCount },
    for: {
      type: 'string',
      value: '30s',
      says: `How long to search on: ${SEARCHED_PER_SECOND} drawn scenarios for each second (default ${SEARCH_DEFAULT}, 0s for none).`,
      refuse: whyNoDuration,
    },
    most: {
      type: 'string',
      value: 'N',
      says: `At most so many scenarios before the search (default ${MOST_DEFAULT}); what is left is counted, and single faults are always played.`,
      refuse: whyNoCount,
    },
    scenario: { type: 'string', value: 'FILE', says: 'Only the scenario of a file, and its timeline.' },
    replay: { type: 'string', value: 'SEED|ID', says: 'Only this scenario of a report, and its timeline.' },
    junit: { type: 'string', value: 'FILE', says: 'Write the result as JUnit XML, too.' },
    html: { type: 'string', value: 'FILE', says: 'Write a page with the matrix and a timeline behind each cell, too.' },
    json: JSON_OPTION,
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    { line: 'interlock rehearse state-machines/order-fulfilment', says: 'All single faults, all pairs, and a search.' },
    {
      line: 'interlock rehearse my-flow --for 30s --seed 7 --json',
      says: 'A longer search, the result for a program.',
    },
    { line: 'interlock rehearse my-flow --replay s17.203', says: 'One scenario of a report again, with its timeline.' },
    { line: 'interlock rehearse my-flow --html rehearsal.html --junit rehearsal.xml', says: 'For people, and for CI.' },
  ],
  async run(invocation) {
    const compiled = await compileOperand(invocation);
    const workflow = chosenWorkflow(compiled, invocation.options.text('workflow'));
    if (!workflow) return tellRefused(compiled, invocation);
    const checked = await checkedInput(workflow.plan, await exampleInput(invocation, compiled, workflow));
    if (checked.kind === 'invalid') return tellInvalid(checked, invocation);
    const material = await materialOf(compiled, workflow, checked.input);
    const pool = new RehearsePool(material);
    try {
      const only = await onlyOne(invocation, material, pool.play);
      return only ? await playOne(invocation, pool.play, only) : await rehearseAll(invocation, material, pool);
    } finally {
      await pool.close();
    }
  },
};

function whyNoCount(text: string): string | undefined {
  return /^\d{1,9}$/.test(text) ? undefined : `${text} is no whole number from 0 to 999999999`;
}

function whyNoDuration(text: string): string | undefined {
  const ms = durationMs(text);
  if (ms === undefined) return `${text} is no duration; write it like 500ms, 30s or 2m`;
  return ms > MOST_SEARCH_MS ? `${text} is longer than a day` : undefined;
}

async function materialOf({ description }: CompiledFile, workflow: CompiledWorkflow, input: Json): Promise<Material> {
  const { plan } = workflow;
  const documents = description ? systemDocuments(description, plan) : new Map<string, ApiDocument>();
  const book = await answerBook({ plan, documents, environments: simulatedEnvironments(plan), input });
  return { workflow, book, input, secrets: secretsIn(workflow, input) };
}

/** A short value is found by chance in anything. */
const LEAST_SECRET = 6;

function secretsIn({ plan }: CompiledWorkflow, input: Json): readonly string[] {
  const names = plan.scopes['']?.sensitive?.inputs ?? [];
  if (!isObject(input)) return [];
  return Object.entries(input).flatMap(([name, value]) =>
    (names.includes(name) || names.includes('*')) && typeof value === 'string' && value.length >= LEAST_SECRET
      ? [value]
      : [],
  );
}

async function onlyOne({ options }: Invocation, { workflow }: Material, player: Player): Promise<Job | undefined> {
  const [file, replay] = [options.text('scenario'), options.text('replay')];
  if (file !== undefined && replay !== undefined)
    throw usageFailure('--scenario and --replay exclude each other', 'Give one of them.');
  if (file !== undefined) {
    const read = scenarioFaults(jsonOption('scenario', `@${file}`) as Json, new Catalogue(workflow.plan));
    if (!read.ok) throw usageFailure(`--scenario ${file}: ${read.why}`, 'docs/rehearse.md shows what it looks like.');
    return { faults: read.faults };
  }
  if (replay === undefined) return undefined;
  const job = await jobOf(replay, player);
  if (job) return job;
  throw usageFailure(
    `There is no scenario ${replay}`,
    'Take its name from a report of the same description and input.',
  );
}

async function playOne({ options, terminal }: Invocation, player: Player, only: Job): Promise<ExitCode> {
  const [played] = await player([{ ...only, wantsTimeline: true }]);
  if (!played) throw new Failure('not-played', 'The scenario was not played');
  const { points: _, covered: __, ...told } = played;
  const missed = 'faults' in only ? only.faults.filter((fault) => !told.fired.includes(fault)) : [];
  terminal.out(options.flag('json') ? `${JSON.stringify({ ...told, missed })}\n` : renderPlayed(told, missed));
  return played.violations.length > 0 ? ExitCode.Document : ExitCode.Ok;
}

/** Who is told to stop says what he knows by then. */
async function rehearseAll(invocation: Invocation, material: Material, pool: RehearsePool): Promise<ExitCode> {
  const told = signalled();
  void told.signal.then((signal) => {
    invocation.terminal.error(`\n${signal}: stopping, the report so far follows (again: at once, without it)\n`);
    pool.stop();
  });
  try {
    return await explored(invocation, material, pool.play);
  } finally {
    told.forget();
  }
}

async function explored(invocation: Invocation, material: Material, player: Player): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const searchedMs = durationMs(options.text('for') ?? SEARCH_DEFAULT) ?? 0;
  const report = await explore({
    workflow: material.workflow,
    player,
    seed: Number(options.text('seed') ?? 1),
    searched: Math.round((searchedMs * SEARCHED_PER_SECOND) / 1_000),
    most: Number(options.text('most') ?? MOST_DEFAULT),
    notes: material.book.notes,
    onProgress: rehearsalProgress(terminal, Date.now),
  });
  if (terminal.screen.error) terminal.error('\r\u001b[K');
  await writeReports(invocation, report, player);
  const words = (): string => renderRehearsal(report, inkFor(terminal.colour.out), invocation.operands[0]);
  terminal.out(options.flag('json') ? `${JSON.stringify(report)}\n` : words());
  if (report.brokenOff) return ExitCode.BrokenOff;
  return report.violations.length > 0 ? ExitCode.Document : ExitCode.Ok;
}

async function writeReports({ options }: Invocation, report: RehearsalReport, player: Player): Promise<void> {
  const [junit, html] = [options.text('junit'), options.text('html')];
  if (junit !== undefined) writeText(junit, rehearsalJunit(report));
  if (html !== undefined) writeText(html, rehearsalPage(report, await storiesOf(report, player)));
}

/** The timeline behind each cell. */
async function storiesOf({ matrix }: RehearsalReport, player: Player): Promise<ReadonlyMap<string, Story>> {
  const cells = Object.values(matrix.cells).flatMap((row) => Object.values(row));
  const chosen = [...new Map(cells.map((cell) => [cell.scenario, cell])).values()];
  const played = await player(chosen.map(({ faults }) => ({ faults, wantsTimeline: true })));
  return new Map(chosen.map(({ scenario }, at) => [scenario, storyOf(played[at])]));
}

function storyOf(played: Awaited<ReturnType<Player>>[number] | undefined): Story {
  const { timeline = [], fired = [], phase = 'forward', ms = 0, violations = [] } = played ?? {};
  return { timeline, faults: fired, phase, ms, violations: violations.map(({ what }) => what) };
}
