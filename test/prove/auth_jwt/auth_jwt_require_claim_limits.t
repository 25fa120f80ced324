# Rules whose value comes with the request: a regular expression cannot run away, a large value is not compared.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%%;
        large_client_header_buffers 4 64k;
        auth_jwt "site";
        auth_jwt_key_file jwks.json;
        location /match     { auth_jwt_require_claim sub match $http_x_value; %%OK%% }
        location /not_match { auth_jwt_require_claim sub !match $http_x_value; %%OK%% }
        location /static    { auth_jwt_require_claim sub match "\A(a+)+\z"; %%OK%% }
        location /eq        { auth_jwt_require_claim sub eq $http_x_value; %%OK%% }
        location /not_eq    { auth_jwt_require_claim sub !eq $http_x_value; %%OK%% }
        location /in        { auth_jwt_require_claim sub in $http_x_value; %%OK%% }
        location /not_in    { auth_jwt_require_claim sub !in $http_x_value; %%OK%% }
    }
CONF
sub status ($path, $sub, $value) {
    return $nginx->get($path, token => mint('p256', claims(sub => $sub)), headers => ["X-Value: $value"])->status;
}
my $worker = $nginx->worker_pid;

is status('/match', 'alice', '"\\\\Aali"'), 200, 'a pattern from a variable is a JSON string';
is status('/match', 'alice', '"\\\\Abob"'), 401, 'and must match';
is status('/match', 'alice', $_), 401, "a pattern that is not one is refused: $_" for '"("', '"["', '"*"', '[1]', '1', 'null';
is status('/not_match', 'alice', $_), 401, "also when negated: $_" for '"("', '"["', '"*"', '[1]', '1', 'null';

my $bomb = 'a' x 40 . '!';
for my $pattern ('"^(a+)+$"', '"^(a|aa)+$"', '"^(a|a)*$"', '"(?:a{1,900}){1,900}$"') {
    is status('/match', $bomb, $pattern), 401, "a pattern that backtracks without end is stopped: $pattern";
    is status('/not_match', $bomb, $pattern), 401, 'and being stopped is no match for its negation either';
}
# Some 100,000 steps: PCRE alone would go to ten million.
is status('/not_match', 'a' x 18 . '!', '"^(a+)+$"'), 401, 'the limit is 10,000 steps';
is status('/not_match', 'a' x 6 . '!', '"^(a+)+$"'), 200, 'which is enough for a pattern that ends';
is status('/static', $bomb, ''), 401, 'a pattern of the configuration is stopped, too';
is status('/static', 'a' x 40, ''), 200, 'but matches what it matches';

my %size = (4090 => 'below', 5000 => 'above');
for my $length (4090, 5000, 30_000) {
    my $sub = 'x' x ($length - 2);
    my $fits = $length <= 4096;
    is status('/eq', $sub, qq("$sub")), ($fits ? 200 : 401), "an expected value of $length bytes is " . ($fits ? 'compared' : 'refused');
    is status('/not_eq', 'alice', qq("$sub")), ($fits ? 200 : 401), 'also when negated';
    my $list = '["alice",' . '0,' x (($length - 12) / 2) . '1]';
    is status('/in', 'alice', $list), ($fits ? 200 : 401), 'also in a list';
    is status('/not_in', 'bob', $list), ($fits ? 200 : 401), 'also in a negated list';
}
is status('/eq', 'alice', $_), 401, 'an expected value that is not JSON is refused: ' . substr $_, 0, 20
    for 'alice', '"alice', '"alice"x', '', '[' x 1000, '{"a":1,"a":2}', "\"\xFF\"";
is status('/not_eq', 'alice', $_), 401, 'also when negated: ' . substr $_, 0, 20 for 'bob', '"bob', '"bob"x', '', '[' x 1000, '{"a":1,"a":2}', "\"\xFF\"";
is $nginx->worker_pid, $worker, 'the same worker lives';

finish();
