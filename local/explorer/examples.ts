/** A request that the page begins with, in a tab of its own. */
export interface ExampleRequest {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What somebody who opens the page for the first time may want to see. They fit what every tenant has. */
export const exampleRequests: readonly ExampleRequest[] = [
  {
    name: 'Stations',
    query: `query Stations($after: String) {
  stationsPage(limit: 10, nextToken: $after) {
    items {
      stationId
      status
      connectors { connectorId connectorType maxPower status tariff { tariffId } }
    }
    nextToken
  }
}
`,
    variables: { after: null },
  },
  {
    name: 'Bills',
    query: `query Bills {
  cdrsPage(limit: 10) {
    items { cdrId stationId energyKwh totalCost { exclVat inclVat } explanation }
    nextToken
  }
}
`,
    variables: {},
  },
  {
    name: 'Sessions, live',
    query: `subscription Sessions {
  sessionUpdates { stationId sessionId status timestamp realTimeMetrics { currentPower } }
}
`,
    variables: {},
  },
];
