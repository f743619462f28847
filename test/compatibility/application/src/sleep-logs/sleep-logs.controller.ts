import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AnalysisResult, CreateSleepLogDto, SleepLogResponseDto } from './sleep-log.dto.js';
import { SleepLogService } from './sleep-log.service.js';

@Controller('users/:user/sleep-logs')
export class SleepLogsController {
  constructor(private readonly sleepLogs: SleepLogService) {}

  @Post()
  create(@Param('user') user: string, @Body() body: CreateSleepLogDto): Promise<SleepLogResponseDto> {
    return this.sleepLogs.createSleepLog(user, body);
  }

  @Get('pattern')
  pattern(@Param('user') user: string): Promise<AnalysisResult> {
    return this.sleepLogs.analyzeSleepPattern(user);
  }
}
