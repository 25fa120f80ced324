# A refused token leaves no trace in what the error pages see, and an internal redirect does not carry a verdict along.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'p256.json' => jwks('p256'), 'rsa.json' => jwks('rsa') });
    auth_jwt_claim_set $sub sub;
    auth_jwt_header_set $kid kid;
    map "$sub|$kid|$jwt_claim_iss|$jwt_claims|$jwt_header_alg" $all { default "$sub|$kid|$jwt_claim_iss|$jwt_claims|$jwt_header_alg"; }
    server {
        listen 127.0.0.1:%%PORT%%;
        location /shown    { auth_jwt "a"; auth_jwt_key_file p256.json; error_page 401 = @shown; try_files /none @shown; }
        location /rule     { auth_jwt "a"; auth_jwt_key_file p256.json; auth_jwt_require_claim iss eq x; error_page 401 = @shown; %%OK%% }
        location /require  { auth_jwt "a"; auth_jwt_key_file p256.json; auth_jwt_require $jwt_claim_none error=403; error_page 403 = @shown; %%OK%% }
        location /early    { auth_jwt "a"; auth_jwt_key_file p256.json; auth_jwt_phase preaccess; error_page 401 = @shown; try_files /none @shown; }
        location @shown    { return 200 "seen: $all"; }
        location /to_other { auth_jwt "a"; auth_jwt_key_file p256.json; try_files /none /other; }
        location = /other  { auth_jwt "b"; auth_jwt_key_file rsa.json; %%OK%% }
        location /to_named { auth_jwt "a"; auth_jwt_key_file p256.json; try_files /none @named; }
        location @named    { auth_jwt "b"; auth_jwt_key_file rsa.json; %%OK%% }
        location /denied   { auth_jwt "a"; auth_jwt_key_file p256.json; error_page 401 /other; %%OK%% }
        location /index/   { auth_jwt "a"; auth_jwt_key_file p256.json; alias %%TESTDIR%%/html/; index ok; }
    }
CONF
my $good = mint('p256', claims(sub => 'bob'));

my $seen = $nginx->get('/shown', token => $good)->body;
like $seen, qr/\Aseen: bob\|p256\|https:\/\/as\.example\.com\|\{.*"sub":"bob".*\}\|ES256\z/, 'the variables of a good token survive an internal redirect';
my $payload = claims(sub => 'bob');
my %bad = (
    forged    => mint('p256_other', $payload, header => { kid => 'p256' }),
    expired   => mint('p256', { %$payload, exp => 1 }),
    unsigned  => b64url('{"alg":"none"}') . '.' . b64url(to_json($payload)) . '.',
    malformed => 'bob',
);
for my $path (qw(/shown /early)) {
    is $nginx->get($path)->body, 'seen: ||||', "$path: no token, nothing to see";
    is $nginx->get($path, token => $bad{$_})->body, 'seen: ||||', "$path: nothing of a token that is $_ is to be seen" for sort keys %bad;
}
is $nginx->get('/rule', token => $good)->body, 'seen: ||||', 'nor of one that a rule of 401 refused';
like $nginx->get('/require', token => $good)->body, qr/\Aseen: (?:\|\|\|\||bob\|)/, 'a 403 is about a token that is good';

is $nginx->get($_, token => $good)->status, 401, "$_: the location that a request is sent on to decides by its own keys" for qw(/to_other /to_named);
is $nginx->get($_, token => mint('rsa'))->status, 401, "$_: and so does the first" for qw(/to_other /to_named);
isnt $nginx->get('/denied', token => $good)->status, 404, 'a good token is not refused';
is $nginx->get('/denied', token => mint('rsa'))->status =~ /^(200|401)$/, 1, 'an error page behind another policy is judged by that policy';
is $nginx->get('/denied', token => $bad{forged})->status, 401, 'and is closed for a forged token';
is $nginx->get('/index/', token => $good)->status, 200, 'an index file passes by the same token';
is $nginx->get('/index/')->status, 401, 'and not without';

finish();
