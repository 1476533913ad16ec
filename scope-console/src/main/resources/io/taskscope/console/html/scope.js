/* All that the recording says about one scope, its own tasks only. */
function ended(own) { return Object.values(own.finished).reduce((n, v) => n + v, 0); }
function reasons(own) {
  const list = Object.entries(own.parkedBy).map(([reason, t]) => [reason, t.nanos, count(t.count) + ' times, longest ' + time(t.maxNanos)]);
  if (own.parkedNotRecordedNanos > 0) list.push(['not recorded (short)', own.parkedNotRecordedNanos, '']);
  return list.sort((a, b) => b[1] - a[1]);
}
function aboutScope(report, scope) {
  const own = scope.own, total = own.runningNanos + own.queuedNanos + own.parkedNanos;
  const list = (title, rows) => rows.length ? h('div', {}, h('h3', {}, title), h('dl', {}, rows.map(([k, v, more]) => h('div', {}, h('dt', {}, k), h('dd', {}, v, more ? h('span', {class: 'tag'}, ' ' + more) : null))))) : null;
  const part = nanos => [time(nanos), percent(nanos, total)];
  const d = own.duration, io = (label, t) => t.count ? [[label, time(t.nanos), count(t.count) + ' times' + (t.bytes ? ', ' + bytes(t.bytes) : '')]] : [];
  const names = own.tasks.slice(0, 12);
  return h('div', {class: 'facts-of-scope'},
    list('Tasks', [['started', count(own.started)], ['live', count(own.live)], ...Object.entries(own.finished).map(([k, v]) => [k, count(v)])]),
    list('Time of ended tasks', [['running', ...part(own.runningNanos)], ['queued', ...part(own.queuedNanos)], ['parked', ...part(own.parkedNanos)], ['steps', count(own.steps)]]),
    d.count ? list('Duration', [['mean', time(d.meanNanos)], ['p50', time(d.p50Nanos)], ['p90', time(d.p90Nanos)], ['p99', time(d.p99Nanos)], ['max', time(d.maxNanos)]]) : null,
    list('Waits', reasons(own).map(([reason, nanos, more]) => [reason, time(nanos), more])),
    list('Processor, memory, I/O', [['CPU samples', count(own.cpuSamples)], ['allocated', bytes(own.allocatedBytes)], ['exceptions', count(own.thrown)], ...io('locks', own.locks), ...io('sockets', own.sockets), ...io('files', own.files), ...io('pinned', own.pinned)]),
    list('Failed with', Object.entries(own.errors).map(([k, v]) => [k, count(v) + ' times'])),
    names.length ? h('div', {class: 'names'}, h('h3', {}, 'By name' + (own.tasks.length > names.length ? ', ' + names.length + ' of ' + own.tasks.length : '')), table('Tasks of ' + scope.path + ' by name', [
      ['Task', t => clip(t.name), t => t.name, 'wide'], ['Ended', t => count(t.duration.count), t => t.duration.count], ['Failed', t => count(t.failures), t => t.failures], ['Mean', t => time(t.duration.meanNanos), t => t.duration.meanNanos],
      ['p99', t => time(t.duration.p99Nanos), t => t.duration.p99Nanos], ['Together', t => time(t.runningNanos + t.queuedNanos + t.parkedNanos), t => t.runningNanos + t.queuedNanos + t.parkedNanos], ['Split', t => splitBar(t), null, 'left']], names, 5)) : null);
}
