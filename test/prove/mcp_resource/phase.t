# mcp_phase preaccess: nginx' own limits count by whom the token names; nothing gets in that would not have before.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $proxy = 'proxy_pass http://127.0.0.1:' . $backend->port . ';';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    limit_req_zone "\$mcp_issuer \$mcp_subject" zone=by_user:1m rate=1r/m;
    limit_req_status 429;
    map \$host\$mcp_subject \$mapped { default "of \$mcp_subject"; }
    log_format who '\$mcp_subject|\$mcp_decision';
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        mcp_scopes_supported mcp:read write;
        mcp_phase preaccess;
        access_log %%TESTDIR%%/who who;
        add_header X-Subject \$mcp_subject always;
        location /plain { if (\$mcp_subject) { return 404; } $proxy }
        location = /answer { internal; return 200 "\$arg_who"; }
        location /small { $protected client_max_body_size 5; error_page 413 /answer?who=\$mcp_subject; $proxy }
        location /whole { add_header X-Mapped \$mapped; add_before_body /part; $proxy }
        location /part { $protected $proxy }
        location /if { $protected if (\$mcp_subject) { return 404; } $proxy }
        location /mcp { $protected mcp_scope mcp:read; mcp_scope write tool=write_*; limit_req zone=by_user burst=1 nodelay; $proxy }
        location /access { $protected mcp_phase access; limit_req zone=by_user burst=1 nodelay; $proxy }
        location /behind { $protected set_real_ip_from 127.0.0.1; real_ip_header X-Client; mcp_rate_limit rate=1r/h by=address; $proxy }
        location /basic { $protected auth_basic x; auth_basic_user_file users; $proxy }
    }
CONF
$nginx->write_file('users', "me:{PLAIN}secret\n");

my ($alice, $bob) = map { access_token(sub => $_) } qw(alice bob);
is $nginx->get('/mcp')->status, 401, 'without a token';
like $nginx->get('/mcp')->header('WWW-Authenticate'), qr/\ABearer resource_metadata=/, '... with the challenge';
is $nginx->get('/mcp', token => 'nonsense')->status, 401, 'with another';
is $nginx->get('/mcp', token => access_token(scope => 'x'))->status, 403, 'without the scope';
is post($nginx, '/mcp', message('tools/call', name => 'write_x'), token => $alice)->status, 403, 'what depends on the body';
is_deeply [map { post($nginx, '/mcp', message('ping'), token => $alice)->status } 1 .. 3], [200, 200, 429], 'limit_req counts by subject';
is post($nginx, '/mcp', message('ping'), token => $bob)->status, 200, '... and another is another';
is $nginx->get('/basic', token => $alice)->status, 401, 'other access modules are asked as before';
is scalar(grep { defined TestNginx::Origin::header($_, 'Authorization') } $backend->requests), 0, 'the token stays here';
is_deeply [map { $nginx->get('/behind', token => $alice, headers => ["X-Client: 192.0.2.$_"])->status } 1, 2, 1], [200, 200, 429], 'after realip: the client counts, not the proxy';
is $nginx->get('/plain')->status, 200, 'where nothing is protected, an empty variable is no mistake';
sub early () { return grep { /\[error\].*\$mcp_\w+ is read before the request is checked, and is empty; for limit_req and limit_conn add "mcp_phase preaccess"/ } $nginx->log_lines }
is $nginx->get('/small', method => 'POST', body => 'x' x 10, token => $alice)->status, 413, 'what nginx itself refuses';
is $nginx->get('/whole', token => $alice)->status, 200, 'a part that is protected';
is scalar(early()), 0, 'answers, error pages, parts and logs read nothing too early';
is_deeply [map { $nginx->get('/access', token => access_token(sub => "u$_"))->status } 1 .. 3], [200, 200, 429], 'in the access phase limit_req knows nobody yet';
is $nginx->get('/if', token => $alice)->status, 200, '... nor does "if"';
is scalar(early()), 1, '... which the log says, once a minute';

finish();
