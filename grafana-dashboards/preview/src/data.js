// SPDX-License-Identifier: Apache-2.0
// From the queries of a panel to the data frames that Grafana would give it.
import {
  FieldType,
  applyFieldOverrides,
  createDataFrame,
  getDisplayProcessor,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';

standardTransformersRegistry.setInit(() =>
  ['mergeTransformer', 'organizeFieldsTransformer', 'joinByFieldTransformer'].map((name) => ({
    id: standardTransformers[name].id,
    name,
    transformation: () => Promise.resolve(standardTransformers[name]),
    editor: () => null,
    imageDark: '',
    imageLight: '',
  }))
);

/** What the variables of a dashboard stand for. */
export function interpolate(text, settings) {
  const values = {
    job: '.+',
    instance: '.+',
    scope: settings.scope,
    'scope:raw': settings.scope,
    __rate_interval: `${settings.rateInterval}s`,
    __range: `${settings.range}s`,
  };
  return text.replace(/\$\{([\w:]+)\}|\$([a-z_]\w*)/g, (all, braced, plain) => values[braced ?? plain] ?? all);
}

async function ask(target, settings) {
  const query = encodeURIComponent(interpolate(target.expr, settings));
  const url = target.instant
    ? `/prometheus/api/v1/query?query=${query}&time=${settings.to}`
    : `/prometheus/api/v1/query_range?query=${query}&start=${settings.from}&end=${settings.to}&step=${settings.step}`;
  const answer = await (await fetch(url)).json();
  if (answer.status !== 'success') {
    throw new Error(`${target.expr}: ${answer.error}`);
  }
  return answer.data.result;
}

function nameOf(target, labels) {
  return target.legendFormat
    ? target.legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? '')
    : JSON.stringify(labels);
}

function seriesFrames(target, result) {
  return result.map(({ metric, values, value }) => {
    const points = values ?? [value];
    const labels = { ...metric };
    delete labels.__name__;
    return createDataFrame({
      refId: target.refId,
      name: nameOf(target, labels),
      fields: [
        { name: 'Time', type: FieldType.time, values: points.map(([time]) => time * 1000), config: {} },
        {
          name: 'Value',
          type: FieldType.number,
          labels,
          values: points.map(([, number]) => Number(number)),
          config: { displayNameFromDS: nameOf(target, labels) },
        },
      ],
    });
  });
}

function tableFrame(target, result, single) {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].filter((name) => name !== '__name__');
  const rows = result.map(({ metric, value }) => ({ ...metric, time: value[0] * 1000, value: Number(value[1]) }));
  return createDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map((row) => row.time), config: {} },
      ...labels.sort().map((name) => ({
        name,
        type: FieldType.string,
        values: rows.map((row) => row[name] ?? ''),
        config: { filterable: true },
      })),
      {
        name: single ? 'Value' : `Value #${target.refId}`,
        type: FieldType.number,
        values: rows.map((row) => row.value),
        config: {},
      },
    ],
  });
}

/** The frames of a panel, transformed and with its field options. */
export async function framesOf(panel, settings, theme) {
  const answers = await Promise.all(panel.targets.map((target) => ask(target, settings)));
  const frames = panel.targets.flatMap((target, i) =>
    target.format === 'table' ? tableFrame(target, answers[i], panel.targets.length === 1) : seriesFrames(target, answers[i])
  );
  const transformed = panel.transformations
    ? await lastValueFrom(transformDataFrame(panel.transformations, frames))
    : frames;
  return withOverrides(transformed, panel.fieldConfig, theme);
}

/** By hand what Grafana does with its registry of options: defaults, then overrides by name. */
function withOverrides(frames, { defaults, overrides }, theme) {
  const named = frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const config = structuredClone({ ...defaults, ...field.config });
      const name = field.config.displayNameFromDS ?? field.config.displayName ?? field.name;
      for (const { matcher, properties } of overrides) {
        if (matcher.id === 'byRegexp' || matcher.options === name) {
          properties.forEach(({ id, value }) => set(config, id, value));
        }
      }
      // Overrides may call it something else; drawings go by the name it had before.
      return { ...field, original: field.config.displayName ?? field.name, config, state: {} };
    }),
  }));
  return applyFieldOverrides({
    data: named,
    fieldConfig: { defaults: {}, overrides: [] },
    theme,
    replaceVariables: (text) => text,
    timeZone: 'utc',
  }).map((frame) => {
    frame.fields.forEach((field) => {
      field.display = getDisplayProcessor({ field, theme, timeZone: 'utc' });
      field.getLinks = () => (field.config.links ?? []).map((link) => ({ href: '#', title: link.title, target: '_self', origin: field }));
    });
    return frame;
  });
}

function set(object, path, value) {
  const parts = path.split('.');
  const last = parts.pop();
  let at = object;
  for (const part of parts) {
    at = at[part] ??= {};
  }
  at[last] = value;
}
