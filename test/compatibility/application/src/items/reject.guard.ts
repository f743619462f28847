import { type CanActivate, Injectable } from '@nestjs/common';

@Injectable()
export class RejectGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}
