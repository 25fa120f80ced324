# auth_jwt_pass_credentials off: every way that nginx has to leave such a location, refused or passed. Wherever it leads,
# no backend receives the client's credentials.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Ways;

$TestNginx::Doors::door     = 'auth_jwt "mcp"; auth_jwt_key_file jwks.json; auth_jwt_require $may error=403; auth_jwt_pass_credentials off;';
$TestNginx::Doors::identity = '';
$TestNginx::Doors::sent     = \@forged_credentials;

my @query = map { way("a token in the query, $_->[0]", '400 page', '400 page', '400 page', 'error_page 400 @page;', query => "?$_->[1]") }
    ['plain', 'access_token=forged-token&x=1'], ['behind ";"', 'x=1;access_token=forged-token'], ['percent-encoded', 'access%5ftoken=forged-token'];

check_doors(ways_server('auth_jwt_claim_set $scope scope; map $scope $may { volatile; mcp:read 1; }'), { ways_files(), 'jwks.json' => jwks('p256') },
    refused_ways(), @query, unjudged_ways(), passed_ways());

finish();
