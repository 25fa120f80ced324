# A rule of the operator on alg, exp or nbf comes on top of the built-in checks and never switches one off.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256'), 'hmac.json' => jwks('hmac') });
    auth_jwt "site";
    map "" $zero { default 0; }
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt_key_file jwks.json;
        location /alg_not_hs256 { auth_jwt_require_header alg !eq HS256; %%OK%% }
        location /alg_any_value { auth_jwt_require_header alg !match "\AXYZ\z"; %%OK%% }
        location /alg_none      { auth_jwt_require_header alg eq none; %%OK%% }
        location /exp_positive  { auth_jwt_require_claim exp gt json=0; %%OK%% }
        location /exp_variable  { auth_jwt_require_claim exp gt $zero; %%OK%% }
        location /exp_past      { auth_jwt_require_claim exp lt $jwt_nowtime; %%OK%% }
        location /nbf_positive  { auth_jwt_require_claim nbf gt json=0; %%OK%% }
        location /exists        { auth_jwt_require $jwt_claim_sub $jwt_claim_exp; %%OK%% }
    }
CONF
my $now      = time;
my $payload  = b64url(to_json(claims()));
my $none     = b64url('{"alg":"none"}') . ".$payload.";
my @unsigned = ($none, $none . b64url('x' x 64), b64url('{"alg":"None","kid":"p256"}') . ".$payload." . b64url('x' x 64));
my $forged   = mint('p256_other', claims(), header => { kid => 'p256' });
my $expired  = mint('p256', claims(exp => $now - 100, nbf => $now - 200));

for my $path (qw(/alg_not_hs256 /alg_any_value /alg_none)) {
    $nginx->refuses("alg none is refused at $path", path => $path, token => $_) for @unsigned;
    $nginx->refuses("a forged token is refused at $path", path => $path, token => $forged, reason => qr/signature_invalid/);
    $nginx->refuses("an expired token is refused at $path", path => $path, token => $expired, reason => qr/\bexpired/);
}
for my $path (qw(/exp_positive /exp_variable /exp_past /nbf_positive /exists)) {
    $nginx->refuses("an expired token is refused at $path", path => $path, token => $expired, reason => qr/\bexpired/);
    $nginx->refuses("a forged token is refused at $path", path => $path, token => $forged, reason => qr/signature_invalid/);
    $nginx->refuses("a token without exp is refused at $path", path => $path, token => mint('p256', claims(exp => undef)));
}
$nginx->refuses('a token from the future is refused', path => '/nbf_positive', token => mint('p256', claims(nbf => $now + 100)),
    reason => qr/not_yet_valid/);

is $nginx->get($_, token => mint('p256', claims(nbf => $now - 10)))->status, 200, "a good token passes at $_"
    for qw(/alg_not_hs256 /alg_any_value /exp_positive /exp_variable /nbf_positive /exists);
is $nginx->get($_, token => mint('p256'))->status, 401, "a good token that breaks the rule is refused at $_" for qw(/alg_none /exp_past);

finish();
