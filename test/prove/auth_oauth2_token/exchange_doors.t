# auth_oauth2_token_exchange: every way that nginx has to leave such a location, refused or passed. The client's token
# reaches no backend, and the exchanged one only that of this very location.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Ways;

check_doors(ways_server(exchanging_door(run_origin())),
    { ways_files() }, refused_ways(), unjudged_ways(), passed_ways());

finish();
