import { Controller, Get, Param, ParseIntPipe } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty } from '@nestjs/swagger';
import { Trace } from 'nestjs-onetrace';

export class Article {
  @ApiProperty()
  id!: number;

  @ApiProperty({ description: 'what the customer reads' })
  title!: string;
}

/** `@Trace` above, below and between the decorators of Nest and Swagger, which all keep their metadata. */
@Controller('catalogue')
export class CatalogueController {
  @Trace('catalogue.above')
  @Get('above/:id')
  @ApiOperation({ summary: 'trace above' })
  @ApiOkResponse({ type: Article })
  above(@Param('id', ParseIntPipe) id: number): Article {
    return { id, title: 'above' };
  }

  @Get('between/:id')
  @Trace('catalogue.between')
  @ApiOperation({ summary: 'trace between' })
  @ApiOkResponse({ type: Article })
  between(@Param('id', ParseIntPipe) id: number): Article {
    return { id, title: 'between' };
  }

  @Get('below/:id')
  @ApiOperation({ summary: 'trace below' })
  @ApiOkResponse({ type: Article })
  @ApiParam({ name: 'id', description: 'number of the article' })
  @Trace('catalogue.below')
  below(@Param('id', ParseIntPipe) id: number): Article {
    return { id, title: 'below' };
  }
}
