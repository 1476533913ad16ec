// SPDX-License-Identifier: Apache-2.0
// Draws one dashboard: /?dashboard=UID&scope=PATH&range=SECONDS
import { createTheme, getFieldDisplayName, reduceField, renderMarkdown, ThemeContext } from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, PanelChrome, Table } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { framesOf } from './data.js';
import { Heatmap, NodeGraph, StateTimeline } from './drawings.jsx';
import { Graph } from './graph.jsx';

const CELL = 30;
const GAP = 8;
const asked = new URLSearchParams(location.search);
const range = Number(asked.get('range') ?? 900);
const to = Number(asked.get('to') ?? Math.floor(Date.now() / 1000));
const step = Math.max(5, Math.ceil(range / 300));
const settings = { scope: asked.get('scope') ?? '.*', from: to - range, to, range, step, rateInterval: Math.max(4 * step, 20) };
const theme = createTheme({ colors: { mode: asked.get('theme') ?? 'dark' } });
let waiting = 0;

function Content({ panel, width, height }) {
  const [frames, setFrames] = useState();
  useEffect(() => {
    waiting++;
    framesOf(panel, settings, theme)
      .then(setFrames, (error) => setFrames(error))
      .finally(() => setTimeout(() => --waiting, 300));
  }, []);
  if (frames instanceof Error) {
    return <pre style={{ color: 'red', whiteSpace: 'pre-wrap' }}>{frames.stack}</pre>;
  }
  if (!frames) {
    return null;
  }
  const rows = frames.some((frame) => frame.length > 0);
  if (!rows && panel.type !== 'stat') {
    return <div style={{ textAlign: 'center', paddingTop: height / 2 - 20 }}>{panel.fieldConfig.defaults.noValue ?? 'No data'}</div>;
  }
  const all = { panel, frames, width, height, settings, theme };
  switch (panel.type) {
    case 'timeseries':
      return <Graph {...all} />;
    case 'stat':
      return <Stats {...all} />;
    case 'bargauge':
      return <Bars {...all} />;
    case 'table':
      return <Table data={sorted(frames[0], panel.options.sortBy)} width={width} height={height} />;
    case 'heatmap':
      return <Heatmap {...all} />;
    case 'state-timeline':
      return <StateTimeline {...all} />;
    case 'nodeGraph':
      return <NodeGraph {...all} />;
    default:
      return `a panel of type ${panel.type}`;
  }
}

function sorted(frame, by = []) {
  const key = frame.fields.find((field) => (field.config.displayName ?? field.name) === by[0]?.displayName);
  if (!key) {
    return frame;
  }
  const order = [...frame.fields[0].values.keys()].sort((a, b) => (key.values[b] ?? -Infinity) - (key.values[a] ?? -Infinity));
  return { ...frame, fields: frame.fields.map((field) => ({ ...field, values: order.map((i) => field.values[i]) })) };
}

/** The last value of each series, with how Grafana shows it. */
function values(frames) {
  return frames.flatMap((frame) =>
    frame.fields.slice(1).map((field) => ({
      field,
      time: frame.fields[0],
      display: { ...field.display(reduceField({ field, reducers: ['lastNotNull'] }).lastNotNull), title: getFieldDisplayName(field, frame, frames) },
    }))
  );
}

function Stats({ panel, frames, width, height }) {
  const found = values(frames);
  if (!found.length) {
    const text = panel.fieldConfig.defaults.noValue ?? 'No data';
    found.push({ display: { text, numeric: NaN, color: theme.colors.text.secondary } });
  }
  const each = width / found.length;
  return (
    <div style={{ display: 'flex' }}>
      {found.map(({ field, time, display }, i) => (
        <BigValue key={i} width={Math.min(each, panel.options.textMode === 'name' ? 260 : each)} height={height} theme={theme} value={display} colorMode="value"
          graphMode={panel.options.graphMode} textMode={panel.options.textMode} text={panel.options.text}
          sparkline={panel.options.graphMode === 'area' && field && time.values.length > 2 ? { y: field, x: time, yMin: 0 } : undefined} />
      ))}
    </div>
  );
}

function Bars({ panel, frames, width, height }) {
  const found = values(frames);
  const most = Math.max(...found.map(({ display }) => display.numeric), 1e-9);
  const each = Math.min(panel.options.maxVizHeight, height / found.length - 6);
  return found.map(({ field, display }, i) => (
    <div key={i} style={{ marginBottom: 6 }}>
      <BarGauge width={width} height={each} theme={theme} orientation="horizontal" displayMode="basic" namePlacement="left" field={{ ...field.config, min: 0, max: most }}
        value={display} display={field.display} showUnfilled valueDisplayMode="text" />
    </div>
  ));
}

function Dashboard({ json }) {
  const unit = (document.body.clientWidth - 2 * GAP) / 24;
  return (
    <div style={{ position: 'relative' }}>
      <h3 style={{ padding: '10px 16px 0' }}>{json.title}</h3>
      {json.panels.map((panel) => {
        const { x, y, w, h } = panel.gridPos;
        const style = { position: 'absolute', left: GAP + x * unit, top: 44 + y * (CELL + GAP) };
        const width = w * unit - GAP;
        const height = h * (CELL + GAP) - GAP;
        if (panel.type === 'row') {
          return <h5 key={panel.id} style={{ ...style, padding: 6 }}>{panel.title}</h5>;
        }
        return (
          <div key={panel.id} style={style} id={`panel-${panel.id}`}>
            <PanelChrome title={panel.title} width={width} height={height}>
              {(innerWidth, innerHeight) =>
                panel.type === 'text'
                  ? <div className="markdown-html" dangerouslySetInnerHTML={{ __html: renderMarkdown(panel.options.content) }} />
                  : <Content panel={panel} width={innerWidth} height={innerHeight} />
              }
            </PanelChrome>
          </div>
        );
      })}
    </div>
  );
}

const json = await (await fetch(`/dashboards/${asked.get('dashboard')}.json`)).json();
createRoot(document.getElementById('root')).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <Dashboard json={json} />
  </ThemeContext.Provider>
);
