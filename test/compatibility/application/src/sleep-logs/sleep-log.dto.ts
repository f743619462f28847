export class CreateSleepLogDto {
  hours!: number;
}

export class SleepLogResponseDto {
  id!: string;
}

export class AnalysisResult {
  pattern!: string;
}
