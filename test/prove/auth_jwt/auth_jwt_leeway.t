# auth_jwt_leeway: exp and nbf, both at once. Margins are wide, so that a slow machine does not matter.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /none { %%OK%% }
        location /hour { auth_jwt_leeway 1h; %%OK%% }
        location /zero { auth_jwt_leeway 0s; %%OK%% }
        location /rule { auth_jwt_leeway 1h; auth_jwt_require_claim exp gt json=0; auth_jwt_require_claim nbf gt json=0; %%OK%% }
    }
CONF
my $now = time;
$nginx->passes_after('/hour', token => mint('p256'));

my %within = (expired => { exp => $now - 1800, nbf => $now - 3000 }, 'not yet valid' => { nbf => $now + 1800 });
for my $name (sort keys %within) {
    my $token = mint('p256', claims(%{ $within{$name} }));
    my $reason = $name =~ s/ /_/gr;
    is $nginx->get($_, token => $token)->status, 200, "$_: half an hour $name passes with a leeway of an hour" for qw(/hour /rule);
    $nginx->refuses("$_: half an hour $name is refused without", path => $_, token => $token, reason => qr/\b$reason/) for qw(/none /zero);
}
my $reason = qr/\bexpired|not_yet_valid/;
$nginx->refuses("$_: two hours expired is refused", path => $_, token => mint('p256', claims(exp => $now - 7200, nbf => 1)), reason => $reason)
    for qw(/hour /rule);
$nginx->refuses("$_: two hours early is refused", path => $_, token => mint('p256', claims(nbf => $now + 7200)), reason => $reason)
    for qw(/hour /rule);
$nginx->refuses('exp at exactly now minus the leeway is expired', path => '/hour', token => mint('p256', claims(exp => $now - 3600)), reason => $reason);
$nginx->refuses('leeway does not make up for a missing exp', path => '/hour', token => mint('p256', claims(exp => undef)), reason => qr/expiration_missing/);

finish();
