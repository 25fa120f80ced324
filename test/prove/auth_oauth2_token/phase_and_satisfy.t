# auth_oauth2_token_phase, and introspection among the other access checks.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
$as->answer('/introspect', body => '{"active":true,"sub":"alice"}');
$as->answer('/inactive', body => '{"active":false}');
$as->answer('/yes', status => 204);
$as->answer('/down', status => 500);
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    limit_req_zone \$oauth2_token_sub zone=by_sub:1m rate=1r/m;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        location /early     { auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; %%OK%% }
        location /denied    { auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; deny all; %%OK%% }
        location /limited   { auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; limit_req zone=by_sub; %%OK%% }
        location /late      { auth_oauth2_token_introspect on; limit_req zone=by_sub; %%OK%% }
        location /any       { auth_oauth2_token_introspect on; satisfy any; deny all; %%OK%% }
        location /any/allow { auth_oauth2_token_introspect on; satisfy any; allow all; %%OK%% }
        location /any/down  { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/down; satisfy any; deny all; %%OK%% }
        location /any/bad   { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/inactive; satisfy any; deny all; %%OK%% }
        location /all       { auth_oauth2_token_introspect on; auth_request /_as/yes; %%OK%% }
        location /all/deny  { auth_oauth2_token_introspect on; deny all; %%OK%% }
        location /asking    { auth_request /_check; %%OK%% }
        location = /_check  { internal; auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; %%OK%% }
        location /_as/      { internal; auth_oauth2_token_introspect on; auth_oauth2_token_phase preaccess; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF

sub status ($path, $token = undef) { return $nginx->get($path, defined $token ? (token => $token) : ())->status }

is status('/early', 'a-token'), 200, 'preaccess: a good token passes';
is status('/early'), 401, 'preaccess: none does not';
is status('/denied', 'a-token'), 403, 'preaccess: deny still counts';
is status('/denied'), 401, 'preaccess: and comes later';
is status('/limited', 'a-token'), 200, 'preaccess: limit_req can use what was found out';
is status('/limited', 'b-token'), 503, 'preaccess: and limits by the subject';
sub early () { return grep { /\[error\].*auth_oauth2_token: a variable is read before the request is checked, and is empty; for limit_req and limit_conn add "auth_oauth2_token_phase preaccess"/ } $nginx->log_lines }
is scalar(early()), 0, '... and reads nothing too early';
is join(' ', map { status('/late', 'a-token') } 1 .. 2), '200 200', 'access: limit_req knows nobody yet';
is scalar(early()), 1, '... which the log says, once a minute';

is status('/any', 'a-token'), 200, 'any: a token makes up for a denied address';
is status('/any'), 401, 'any: neither is refused';
is $nginx->get('/any')->header('WWW-Authenticate'), 'Bearer', 'any: with a challenge';
is status('/any/allow'), 200, 'any: an allowed address needs no token';
is status('/any/bad', 'a-token'), 401, 'any: an inactive token does not make up for it';
is status('/any/down', 'a-token'), 503, 'any: nor does one that nobody could judge';

is status('/all', 'a-token'), 200, 'all: auth_request and a token';
is status('/all'), 401, 'all: auth_request alone is not enough';
is status('/all/deny', 'a-token'), 403, 'all: a token alone is not enough';

is status('/asking', 'a-token'), 200, 'preaccess decides in the subrequest of auth_request, too';
is status('/asking'), 401, 'and refuses there';

finish();
