# A token that no key could help gets 401, also while keys cannot be had: nobody waits, or is asked for keys, on its account.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/down', status => 500, body => '');
$as->answer('/jwks', body => jwks('p256'));
my $port = $as->port;
my $nginx = run_nginx(<<"CONF");
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        location /down   { auth_jwt_key_request /_as/down; %%OK%% }
        location /cached { auth_jwt_key_cache 1h; auth_jwt_key_request /_as/jwks; %%OK%% }
        location /absent { auth_jwt_key_file \$arg_file; %%OK%% }
        location /_as/   { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my %hopeless = (
    'garbage'                       => ['no-jws',                                              'token_not_compact_jws'],
    'a token without signature'     => [mint('p256') =~ s/[^.]+\z//r,                          'token_not_compact_jws'],
    'alg none'                      => [assemble('p256', 'ES256', '{"alg":"none"}', '{}'),     'algorithm_unsupported'],
    'another kind of token'         => [mint('p256', claims(), header => { typ => 'dpop+jwt' }), 'type_not_accepted'],
    'a payload that is a list'      => [mint('p256', '[]'),                                    'payload_not_json_object'],
    'a claim twice'                 => [mint('p256', '{"exp":9999999999,"exp":9999999999}'),   'token_duplicate_member'],
    'an expired one'                => [mint('p256', claims(exp => time - 60)),                'expired'],
    'one that is not yet valid'     => [mint('p256', claims(nbf => time + 600)),               'not_yet_valid'],
    'one without expiration'        => [mint('p256', claims(exp => undef)),                    'expiration_missing'],
);
for my $name (sort keys %hopeless) {
    my ($token, $reason) = $hopeless{$name}->@*;
    $nginx->refuses("$name, while keys cannot be had: 401", path => '/down', token => $token, reason => qr/auth_jwt: $reason: /);
    $nginx->refuses("$name, while a key file is missing: 401", path => '/absent?file=none', token => $token, reason => qr/auth_jwt: $reason: /);
}
is scalar(() = $as->requests('/down')), 0, 'nobody was asked';
$nginx->refuses('a token that may be good: 503', path => '/down', token => mint('p256'), status => 503, reason => qr/keys_unavailable/);
is scalar(() = $as->requests('/down')), 1, 'for that one somebody was';

is $nginx->get('/cached', token => mint('p256'))->status, 200, 'keys are kept';
$nginx->refuses('an expired token of a key that is not there', path => '/cached', token => mint('p256_other', claims(exp => 1)), reason => qr/auth_jwt: expired: .*: exp is 1, \d+ s ago/);
is scalar(() = $as->requests('/jwks')), 1, 'makes nobody ask for newer ones';
$nginx->refuses('one that may be good', path => '/cached', token => mint('p256_other'), reason => qr/auth_jwt: key_not_found: /);
is scalar(() = $as->requests('/jwks')), 2, 'does';

finish();
