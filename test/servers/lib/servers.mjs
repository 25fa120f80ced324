// The authorization servers, those that start slowly first.
import { betterAuth } from './better-auth.mjs';
import { django } from './django.mjs';
import { keycloak } from './keycloak.mjs';
import { oidcProvider } from './oidc-provider.mjs';

export const servers = [oidcProvider, betterAuth, django, keycloak];
