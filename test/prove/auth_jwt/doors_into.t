# Every way into a location with auth_jwt from one without: whoever comes is judged like any request, a subrequest by the
# credentials of its main request. And what never touched such a location keeps all its headers.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Ways;

$TestNginx::Doors::door     = 'auth_jwt "mcp"; auth_jwt_key_file jwks.json; auth_jwt_require $may error=403; auth_jwt_pass_credentials off;';
$TestNginx::Doors::identity = '';
$TestNginx::Doors::sent     = \@forged_credentials;

check_doors(into_server('auth_jwt_claim_set $scope scope; map $scope $may { volatile; mcp:read 1; }'), { into_files(), 'jwks.json' => jwks('p256') }, into_ways(), beside_ways());

finish();
