// SPDX-License-Identifier: Apache-2.0
// What is no component of @grafana/ui: plain drawings of the same data, so that layout and content can be judged.
import { getFieldDisplayName } from '@grafana/data';

const LABEL_WIDTH = 230;

export function StateTimeline({ panel, frames, width, height, settings, theme }) {
  const states = panel.fieldConfig.defaults.mappings[0].options;
  const row = Math.min(26, (height - 30) / frames.length);
  const x = (time) => LABEL_WIDTH + ((time / 1000 - settings.from) / (settings.to - settings.from)) * (width - LABEL_WIDTH);
  return (
    <svg width={width} height={height} fontSize="12" fill={theme.colors.text.primary}>
      {frames.map((frame, i) => {
        const [time, value] = frame.fields.map((field) => field.values);
        return (
          <g key={i} transform={`translate(0 ${i * row})`}>
            <text x={LABEL_WIDTH - 8} y={row * 0.65} textAnchor="end">{getFieldDisplayName(frame.fields[1], frame)}</text>
            {time.map((at, j) => (
              <rect key={j} x={x(at)} y="1" height={row - 3} width={Math.max(1, x(at + settings.step * 1000) - x(at) + 0.5)}
                fill={theme.visualization.getColorByName(states[value[j]]?.color ?? 'gray')} opacity="0.8" />
            ))}
          </g>
        );
      })}
      {Object.values(states).map((state, i) => (
        <g key={i} transform={`translate(${LABEL_WIDTH + i * 110} ${height - 16})`}>
          <rect width="14" height="6" y="3" fill={theme.visualization.getColorByName(state.color)} />
          <text x="20" y="10">{state.text}</text>
        </g>
      ))}
    </svg>
  );
}

export function Heatmap({ frames, width, height, settings, theme }) {
  const le = (frame) => Number(frame.fields[1].labels.le.replace('+Inf', 'Infinity'));
  const rows = [...frames].sort((a, b) => le(a) - le(b));
  const left = 60;
  const cell = (height - 20) / rows.length;
  const columns = rows[0]?.fields[0].values ?? [];
  const wide = (width - left) / Math.max(1, (settings.to - settings.from) / settings.step);
  const counts = rows.map((frame, i) =>
    columns.map((_, j) => Math.max(0, frame.fields[1].values[j] - (i ? rows[i - 1].fields[1].values[j] : 0)))
  );
  const most = Math.max(1, ...counts.flat().filter(Number.isFinite));
  const text = (seconds) => (seconds === Infinity ? '+Inf' : seconds < 1 ? `${seconds * 1000} ms` : `${seconds} s`);
  return (
    <svg width={width} height={height} fontSize="11" fill={theme.colors.text.secondary}>
      {counts.map((row, i) => (
        <g key={i} transform={`translate(0 ${(rows.length - 1 - i) * cell})`}>
          <text x={left - 6} y={cell / 2 + 4} textAnchor="end">{text(le(rows[i]))}</text>
          {row.map((count, j) => (
            <rect key={j} x={left + ((columns[j] / 1000 - settings.from) / settings.step) * wide} y="0.5" width={wide + 0.3} height={cell - 1}
              fill="#FF780A" opacity={count ? 0.1 + 0.9 * Math.sqrt(count / most) : 0} />
          ))}
        </g>
      ))}
    </svg>
  );
}

/** Grafana lays the nodes out itself; here from left to right by depth. */
export function NodeGraph({ frames, width, height, theme }) {
  const column = (frame, name) => frame.fields.find((field) => (field.original ?? field.name) === name);
  const edges = frames.find((frame) => column(frame, 'source'));
  const nodes = frames.find((frame) => frame !== edges && column(frame, 'id'));
  const ids = column(nodes, 'id').values;
  const depth = (id) => id.split('/').length - 2;
  const order = ids.map((id, i) => ({ id, i })).sort((a, b) => a.id.localeCompare(b.id));
  const deepest = Math.max(...ids.map(depth));
  const place = new Map(
    order.map(({ id }, i) => [id, [50 + (depth(id) / Math.max(1, deepest)) * (width - 150), ((i + 0.5) / order.length) * height]])
  );
  const failed = column(nodes, 'arc__failed')?.values ?? [];
  return (
    <svg width={width} height={height} fontSize="11" textAnchor="middle" fill={theme.colors.text.primary}>
      {column(edges, 'id').values.map((id, i) => {
        const [from, to] = ['source', 'target'].map((end) => place.get(column(edges, end).values[i]));
        return from && to && <line key={id} x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} stroke={theme.colors.border.strong} />;
      })}
      {order.map(({ id, i }) => {
        const [x, y] = place.get(id);
        const arc = 2 * Math.PI * 19;
        return (
          <g key={id} transform={`translate(${x} ${y})`}>
            <circle r="19" fill={theme.colors.background.secondary} stroke={theme.colors.border.medium} strokeWidth="3" />
            <circle r="19" fill="none" stroke="#F2495C" strokeWidth="3" strokeDasharray={`${arc * (failed[i] || 0)} ${arc}`} transform="rotate(-90)" />
            <text y="-1">{column(nodes, 'mainstat')?.values[i]}</text>
            <text y="10" fontSize="8" fill={theme.colors.text.secondary}>{(column(nodes, 'secondarystat')?.values[i] ?? 0).toFixed(1)}/s</text>
            <text x="26" y="4" textAnchor="start">{column(nodes, 'title')?.values[i]}</text>
          </g>
        );
      })}
    </svg>
  );
}
