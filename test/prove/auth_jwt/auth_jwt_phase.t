# auth_jwt_phase: both phases refuse and let through alike; preaccess comes before the access checks.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/jwks', body => jwks('p256'));
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    limit_req_zone \$jwt_claim_sub zone=one:1m rate=1r/m;
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        location /preaccess/file    { auth_jwt_phase preaccess; auth_jwt_key_file jwks.json; %%OK%% }
        location /access/file       { auth_jwt_phase access; auth_jwt_key_file jwks.json; %%OK%% }
        location /preaccess/request { auth_jwt_phase preaccess; auth_jwt_key_request /_jwks; %%OK%% }
        location /access/request    { auth_jwt_phase access; auth_jwt_key_request /_jwks; %%OK%% }
        location /preaccess/denied  { auth_jwt_phase preaccess; auth_jwt_key_file jwks.json; deny all; %%OK%% }
        location /access/denied     { auth_jwt_phase access; auth_jwt_key_file jwks.json; deny all; %%OK%% }
        location /preaccess/any     { auth_jwt_phase preaccess; auth_jwt_key_file jwks.json; satisfy any; allow all; %%OK%% }
        location /preaccess/nested  { %%OK%% auth_jwt_phase preaccess; auth_jwt_key_file jwks.json; location /preaccess/nested/x { %%OK%% } }
        location /preaccess/limited { auth_jwt_phase preaccess; auth_jwt_key_file jwks.json; limit_req zone=one; %%OK%% }
        location /access/limited    { auth_jwt_phase access; auth_jwt_key_file jwks.json; limit_req zone=one; %%OK%% }
        location /asking            { auth_jwt off; auth_request /_check; %%OK%% }
        location /asking/request    { auth_jwt off; auth_request /_check/request; %%OK%% }
        location = /_check         { internal; auth_jwt_phase preaccess; auth_jwt_key_file jwks.json; %%OK%% }
        location = /_check/request { internal; auth_jwt_phase preaccess; auth_jwt_key_request /_jwks; %%OK%% }
        location = /_jwks { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
CONF
my $token = mint('p256');
for my $phase (qw(preaccess access)) {
    for my $keys (qw(file request)) {
        $nginx->passes_after("/$phase/$keys", token => $token);
        $nginx->refuses("$phase, keys by $keys: no token", path => "/$phase/$keys", reason => qr/credentials_missing/);
        $nginx->refuses("$phase, keys by $keys: a forged token", path => "/$phase/$keys", reason => qr/signature_invalid/,
            token => mint('p256_other', claims(), header => { kid => 'p256' }));
        $nginx->refuses("$phase, keys by $keys: an expired token", path => "/$phase/$keys", reason => qr/\bexpired/,
            token => mint('p256', claims(exp => 1)));
    }
    is $nginx->get("/$phase/denied", token => $token)->status, 403, "$phase: deny still counts with a good token";
}
is $nginx->get('/preaccess/denied')->status, 401, 'preaccess answers before deny does';
is $nginx->get('/preaccess/any')->status, 401, 'satisfy any does not reach into preaccess';
is $nginx->get('/preaccess/nested/x')->status, 401, 'the phase is inherited';

my @requests = map { mint('p256', claims(sub => $_)) } qw(alice alice bob);
is join(' ', map { $nginx->get('/preaccess/limited', token => $_)->status } @requests), '200 503 200', 'after preaccess limit_req can count by subject';

sub early () { return grep { /\[error\].*auth_jwt: \$jwt_claim_sub is read before the request is checked, and is empty; for limit_req and limit_conn add "auth_jwt_phase preaccess"/ } $nginx->log_lines }
is scalar(early()), 0, '... and nothing is read too early';
is join(' ', map { $nginx->get('/access/limited', token => $_)->status } @requests), '200 200 200', 'in the access phase it knows nobody yet';
is scalar(early()), 1, '... which the log says, once a minute';

my $forged = mint('p256_other', claims(), header => { kid => 'p256' });
for my $path (qw(/asking /asking/request)) {
    is $nginx->get($path)->status, 401, "$path: preaccess decides in the subrequest of auth_request, too";
    is $nginx->get($path, token => $forged)->status, 401, "$path: and refuses a forged token";
    is $nginx->get($path, token => $token)->status, 200, "$path: and lets a good one through";
}

finish();
