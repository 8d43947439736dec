/** Words of ChangeAvailability that all versions share. */
export const operationalStatuses = { Operative: 'OPERATIVE', Inoperative: 'INOPERATIVE' } as const;
export const availabilityAnswers = {
  Accepted: 'ACCEPTED',
  Scheduled: 'SCHEDULED',
  Rejected: 'REJECTED',
} as const;
