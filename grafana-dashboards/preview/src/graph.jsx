// SPDX-License-Identifier: Apache-2.0
// Lines and stacks with Grafana's uPlot components.
import { getFieldDisplayName, outerJoinDataFrames, reduceField } from '@grafana/data';
import { UPlotChart, UPlotConfigBuilder, VizLegend } from '@grafana/ui';
import { useMemo } from 'react';

const LEGEND_ROW = 24;

export function colorOf(field, index, theme) {
  const color = field.config.color;
  return color?.mode === 'fixed'
    ? theme.visualization.getColorByName(color.fixedColor)
    : theme.visualization.getColorByName(theme.visualization.palette[index % theme.visualization.palette.length]);
}

export function Graph({ panel, frames, width, height, settings, theme }) {
  const fields = frames.flatMap((frame) => frame.fields.slice(1).map((field) => ({ field, frame })));
  const legendHeight = Math.min(fields.length + 1, Math.floor(height / LEGEND_ROW / 2.2)) * LEGEND_ROW;
  const plot = useMemo(() => build(panel, frames, fields, settings, theme), [panel, frames]);
  const items = fields.map(({ field, frame }, i) => ({
    label: getFieldDisplayName(field, frame, frames),
    color: colorOf(field, i, theme),
    yAxis: 1,
    getDisplayValues: () =>
      panel.options.legend.calcs.map((id) => ({
        ...field.display(reduceField({ field, reducers: [id] })[id]),
        title: { lastNotNull: 'Last', max: 'Max' }[id] ?? id,
      })),
  }));
  return (
    <div>
      <UPlotChart data={plot.data} config={plot.config} width={width} height={height - legendHeight - 4} />
      <div style={{ height: legendHeight, overflow: 'hidden' }}>
        <VizLegend items={items} displayMode="table" placement="bottom" />
      </div>
    </div>
  );
}

function build(panel, frames, fields, settings, theme) {
  const joined = outerJoinDataFrames({ frames }) ?? frames[0];
  const stacked = panel.fieldConfig.defaults.custom?.stacking?.mode === 'normal';
  const time = joined.fields[0].values;
  const columns = joined.fields.slice(1).map((field) => time.map((_, i) => field.values[i] ?? null));
  const shown = stacked ? stack(columns) : columns;
  const config = new UPlotConfigBuilder('utc');
  config.addScale({ scaleKey: 'x', isTime: true, orientation: 0, direction: 1, range: () => [settings.from * 1000, settings.to * 1000] });
  const { min, max, custom } = panel.fieldConfig.defaults;
  config.addScale({ scaleKey: 'y', orientation: 1, direction: 1, min, max, softMax: custom?.axisSoftMax ?? max });
  config.addAxis({ scaleKey: 'x', isTime: true, placement: 'bottom', theme, timeZone: 'utc' });
  const display = fields[0].field.display;
  config.addAxis({
    scaleKey: 'y',
    placement: 'left',
    theme,
    formatValue: (value) => {
      const { text, suffix = '', prefix = '' } = display(value);
      return `${prefix}${text}${suffix}`;
    },
  });
  fields.forEach(({ field }, i) => {
    const color = colorOf(field, i, theme);
    config.addSeries({
      scaleKey: 'y',
      theme,
      drawStyle: 'line',
      lineColor: color,
      lineWidth: 1,
      lineStyle: field.config.custom?.lineStyle,
      fillOpacity: stacked ? 40 : 8,
      showPoints: 'never',
      lineInterpolation: 'linear',
      spanNulls: true,
      pxAlign: false,
    });
    if (stacked && i > 0) {
      config.addBand({ series: [i + 1, i] });
    }
  });
  return { config, data: [time, ...shown] };
}

function stack(columns) {
  const sum = columns[0].map(() => 0);
  return columns.map((column) =>
    column.map((value, i) => {
      sum[i] += value ?? 0;
      return sum[i];
    })
  );
}
