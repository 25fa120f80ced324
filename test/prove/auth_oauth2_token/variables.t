# $oauth2_token_... and auth_oauth2_token_claim_set: what they say, when, and what they cannot do.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_claim_set \$aud aud;
    auth_oauth2_token_claim_set \$value value;
    log_format seen "\$oauth2_token_sub|\$oauth2_token_active|\$value";
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/access.log seen;
        auth_oauth2_token_introspect_endpoint /_introspect;
        add_header X-Values "\$oauth2_token_active|\$oauth2_token_sub|\$oauth2_token_scope|\$oauth2_token_client_id|\$oauth2_token_exp|\$aud" always;
        add_header X-Value "\$value" always;
        location /on    { auth_oauth2_token_introspect on; %%OK%% }
        location /rule  { auth_oauth2_token_introspect on; auth_oauth2_token_require \$http_x_none; %%OK%% }
        location /scope { auth_oauth2_token_introspect on; auth_oauth2_token_require \$http_x_none error=403; %%OK%% }
        location /off   { %%OK%% }
        location /named { auth_oauth2_token_introspect on; try_files /none \@named; }
        location \@named { auth_oauth2_token_introspect off; add_header X-Values "named \$oauth2_token_sub" always; %%OK%% }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
    }
CONF
my $exp = time + 1000;

sub values_of ($path, $answer) {
    $as->answer('/introspect', ref $answer eq 'HASH' && exists $answer->{status} ? %$answer : (body => ref $answer ? to_json($answer) : $answer));
    return $nginx->get($path, token => 'a-token')->header('X-Values') // '';
}

sub value_of ($json) {
    $as->answer('/introspect', body => qq({"active":true,"value":$json}));
    return $nginx->get('/on', token => 'a-token')->header('X-Value') // '(none)';
}

my %all = (active => \1, sub => 'alice', scope => 'a b', client_id => 'client', exp => $exp, aud => ['x', 'y']);
is values_of('/on', \%all), "1|alice|a b|client|$exp|x,y", 'all of a good token';
is values_of('/on', { active => \1 }), '1|||||', 'what the server does not say is empty';
is values_of('/on', { %all, active => \0 }), '0|||||', 'nothing of an inactive one, but that it is';
is values_of('/on', { %all, exp => 1 }), '0|||||', 'nothing of an expired one';
is values_of('/on', { status => 500, body => to_json(\%all) }), '|||||', 'nothing when the server did not say it';
is values_of('/on', '{"active":true,"sub":["a"]}'), '|||||', 'nothing of nonsense';
is values_of('/on', '{"active":true,"sub":1,"exp":null}'), '1|1||||', 'a user may have a number';
is values_of('/on', { active => \1, scope => ['a', 'b'] }), '1||a b|||', 'scopes of an array have spaces between';
is values_of('/on', { active => \1, scp => ['a', 'b'] }), '1||a b|||', 'and those of scp, where there is no scope';
is values_of('/on', '{"active":true,"scope":null,"scp":"a b"}'), '1||a b|||', 'or one that is null';
is values_of('/on', { active => \1, scope => ['a b', 'c'] }), '1||c|||', 'an element is never two scopes';
is values_of('/on', { active => \1, scope => "a\tb" }), '1|||||', 'nor is what has a control character';
is values_of('/on', { active => \1, client_id => 'a', azp => 'b' }), '1|||a||', 'a client by its id';
is values_of('/on', '{"active":true,"client_id":null,"azp":"b","cid":"c"}'), '1|||b||', 'or azp';
is values_of('/on', { active => \1, cid => 'c', appid => 'd' }), '1|||c||', 'or cid';
is values_of('/on', { active => \1, appid => 'd' }), '1|||d||', 'or appid';
is values_of('/rule', \%all), '1|||||', 'nothing of one that a rule refused with 401';
is values_of('/scope', \%all), "1|alice|a b|client|$exp|x,y", 'a 403 is about a token that is good';
is values_of('/off', \%all), '|||||', 'nothing where nobody asks';
is values_of('/named', \%all), 'named alice', 'they survive an internal redirect';
is $nginx->get('/on')->header('X-Values'), '|||||', 'nothing without credentials';

is value_of('"text"'), 'text', 'a string';
is value_of('["a","b"]'), 'a,b', 'an array';
is value_of('1'), '1', 'a number';
is value_of('true'), 'true', 'a boolean';
is value_of('{"a":[1]}'), '{"a":[1]}', 'an object';
is value_of('null'), '(none)', 'null';
is value_of('"a\r\nX-Admin: 1"'), '(none)', 'a line break cannot get into a header';
is value_of('"\u0000"'), '(none)', 'nor can NUL';

my $first_lines = "alice|1|-\n-|1|-\n-|0|-\n";
ok wait_for(10, sub { index(TestNginx::Report::slurp($nginx->dir . '/access.log'), $first_lines) == 0 }), 'the access log has them';

finish();
