import { Controller, Get, Headers } from '@nestjs/common';

/** Calls another service, which here is the application itself. */
@Controller('relay')
export class RelayController {
  @Get()
  async relay(@Headers('host') host: string): Promise<unknown> {
    return (await fetch(`http://${host}/health`)).json();
  }
}
