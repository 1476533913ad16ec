// SPDX-License-Identifier: Apache-2.0
// What a dashboard of ours consists of, put together from Grafana's own types. Where Grafana says "any record"
// (the options of a panel, its queries), the types of the panels we use stand here. check.mjs makes a JSON schema of it.
import type { Dashboard, Panel, RowPanel, VariableModel, DataSourceRef } from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as bargauge from '@grafana/schema/dist/types/raw/composable/bargauge/panelcfg/x/types.gen';
import type * as heatmap from '@grafana/schema/dist/types/raw/composable/heatmap/panelcfg/x/types.gen';
import type * as nodegraph from '@grafana/schema/dist/types/raw/composable/nodegraph/panelcfg/x/types.gen';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as statetimeline from '@grafana/schema/dist/types/raw/composable/statetimeline/panelcfg/x/types.gen';
import type * as table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type * as text from '@grafana/schema/dist/types/raw/composable/text/panelcfg/x/types.gen';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';

/** A query to Prometheus, as its data source stores it. Its types are in no package with a licence we can use. */
interface PrometheusQuery {
  datasource: DataSourceRef;
  editorMode: 'code';
  exemplar?: boolean;
  expr: string;
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  legendFormat: string;
  range: boolean;
  refId: string;
}

/** A link of a field; Grafana's types leave it open. */
interface Link {
  title: string;
  url: string;
  targetBlank: boolean;
}

type FieldConfig = NonNullable<Panel['fieldConfig']>;

type Of<Type extends string, Options, Custom> = Omit<Panel, 'type' | 'options' | 'targets' | 'fieldConfig'> & {
  type: Type;
  options: Options;
  targets: PrometheusQuery[];
  fieldConfig: Omit<FieldConfig, 'defaults'> & {
    defaults: Omit<FieldConfig['defaults'], 'custom' | 'links'> & { custom?: Custom; links?: Link[] };
  };
};

type Text = Omit<Panel, 'type' | 'options' | 'targets' | 'fieldConfig'> & { type: 'text'; options: text.Options };

/** Nothing: panels of the type have no options by field. */
interface None {}

export type AnyPanel =
  | Of<'bargauge', bargauge.Options, None>
  | Of<'heatmap', heatmap.Options, Partial<heatmap.FieldConfig>>
  | Of<'nodeGraph', nodegraph.Options, None>
  | Of<'stat', stat.Options, None>
  | Of<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | Of<'table', table.Options, Partial<table.FieldConfig>>
  | Of<'timeseries', timeseries.Options, timeseries.FieldConfig>
  | Text
  | RowPanel;

export type TaskscopeDashboard = Omit<Dashboard, 'panels' | 'templating'> & {
  panels: AnyPanel[];
  templating: { list: VariableModel[] };
};
