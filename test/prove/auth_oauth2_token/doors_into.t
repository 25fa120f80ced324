# Every way into a location that exchanges tokens, from one that does not: whoever comes is judged like any request, a
# subrequest by the credentials of its main request, and its backend gets the exchanged token. What is known already is
# asked for by nobody, so that mirrors are judged as well.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Ways;

check_doors(into_server(exchanging_door(run_origin(), 'auth_oauth2_token_introspect_cache zone=known:1m; auth_oauth2_token_exchange_cache zone=issued:1m;')),
    { into_files() }, into_ways(), beside_ways());

finish();
