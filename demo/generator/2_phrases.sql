-- What people and machines say in the demo: one array of variants per intent and part.
-- The n-th human_follow_up and ai_follow_up answer the n-th customer_follow_up.
-- The intent 'common' holds the parts that fit every conversation.

create table demo.phrase_book (
    intent text not null,
    part text not null,
    texts text [] not null,
    primary key (intent, part)
);

insert into demo.phrase_book (intent, part, texts)
values

---------- every conversation

('common', 'customer_hello', array[
    'Oi',
    'Olá, bom dia',
    'Oi, tudo bem?',
    'Boa tarde!',
    'Oii, alguém pode me ajudar?',
    'Boa noite'
]),
('common', 'ai_hello', array[
    'Olá! Sou o Assistente AllpFit 💪 Já vou te ajudar.',
    'Oi! Aqui é o assistente virtual da {unit}.',
    'Olá, {contact}! Tudo bem? Sou o assistente virtual da AllpFit.'
]),
('common', 'ai_extra', array[
    'Se preferir, também resolvo por aqui mesmo, é só me dizer.',
    'Qualquer detalhe a mais, me chama aqui.',
    'Você também encontra isso no app AllpFit, em Minha conta.',
    'Lembrando que a recepção atende das 7h às 21h nos dias úteis.'
]),
('common', 'ai_handoff', array[
    'Vou te transferir para a nossa equipe, tá? Um momento.',
    'Entendi. Para isso preciso de uma pessoa da equipe. Já estou transferindo!',
    'Certo, {contact}. Vou chamar alguém da {unit} para te atender.'
]),
('common', 'ai_menu', array[
    E'Digite o número da opção desejada:\n1 - Planos\n2 - Horários\n3 - Financeiro',
    E'Como posso ajudar? Responda com o número:\n\n1️⃣ Quero me matricular\n'
    '2️⃣ Já sou aluno\n3️⃣ Outros assuntos'
]),
('common', 'ai_select', array['Escolha uma opção:']),
('common', 'ai_data_request', array[
    'Para continuar, me informe seu CPF, por favor.',
    'Digite seu nome completo para eu localizar o cadastro.',
    'Preciso da sua data de nascimento e do e-mail cadastrado.'
]),
('common', 'ai_dodge', array[
    'Posso resolver por aqui mesmo. Me conta o que você precisa, por favor.',
    'Nossa equipe fica na recepção, das 7h às 21h nos dias úteis.'
]),
('common', 'ai_rating_request', array[
    'De 0 a 10, que nota você dá para este atendimento?'
]),
('common', 'ai_goodbye', array[
    'Por nada! Bons treinos 💚',
    'Eu que agradeço! Até logo 😊',
    'Disponha! A AllpFit agradece o contato.'
]),
('common', 'ai_check', array[
    'Consegui te ajudar?',
    'Posso ajudar em algo mais?',
    'Ficou alguma dúvida?'
]),
('common', 'customer_thanks', array[
    'Obrigada!',
    'Valeu',
    'Perfeito, muito obrigado',
    'Ok, obrigada 🙏',
    '👍',
    'Show, valeu mesmo!',
    'Era só isso, obrigado',
    'Tá bom então, até amanhã',
    'Valeu irmão',
    'Muito obrigada viu',
    'Deus abençoe'
]),
('common', 'customer_no_more', array[
    'Não, só isso mesmo',
    'Não, obrigada',
    'Por enquanto não'
]),
('common', 'customer_rating', array['10', '9', 'Nota 10', '⭐⭐⭐⭐⭐']),
('common', 'customer_option', array['1', '2', 'Opção 1', '3']),
('common', 'customer_missed_call', array[
    'Liguei e ninguém atendeu',
    'Tentei ligar aí agora'
]),
('common', 'call_taken', array['WhatsApp Call']),
('common', 'call_missed', array['WhatsApp Call']),
('common', 'reaction', array['👍', '❤️', '🙏', '😂', '👏', '😮', '😢', '😍']),
('common', 'our_reaction', array['👍', '❤️', '💪']),
('common', 'group_talk', array[
    '**Bia:** chegou o papel?',
    '**Téo:** amanhã o treino é às {hour}',
    '**Bia:** quem fica na recepção {day}?',
    '**Rui:** 👏👏',
    '**Téo:** a esteira 4 parou de novo',
    '**Lia:** pessoal, alguém viu a chave da sala 2?'
]),
('common', 'status_talk', array[
    'Promoção de {day}: primeira semana por nossa conta!',
    'Bom dia! Bora treinar? 💪'
]),
('common', 'test_talk', array['teste', 'teste 123', 'ping', 'oi teste de fluxo']),
('common', 'customer_ok', array[
    'Ok',
    'Certo',
    'Entendi',
    'Beleza',
    'Hum, tá bom'
]),
('common', 'customer_impatient', array[
    'Oi??',
    'Alguém aí?',
    'Ainda estou aguardando',
    'Vocês vão me responder?',
    'Já faz um tempão que estou esperando 😕'
]),
('common', 'customer_wants_human', array[
    'Quero falar com uma pessoa',
    'Tem como falar com um atendente?',
    'Não é isso, prefiro falar com alguém da unidade'
]),
('common', 'human_hello', array[
    'Oi, {contact}! Aqui é {agent}, da {unit}. Tudo bem?',
    'Olá, {contact}, meu nome é {agent} e vou continuar seu atendimento.',
    'Boa! {agent} aqui, da AllpFit. Deixa eu ver para você.'
]),
('common', 'human_wait', array[
    'Só um minutinho que vou verificar no sistema.',
    'Vou confirmar com a gerência e já te respondo.',
    'Me dá um instante, por favor.'
]),
('common', 'human_question', array[
    'Oi, {contact}! Qual plano você tem hoje?',
    'Olá! Em qual horário você costuma treinar?',
    'Oi, {contact}, {agent} aqui. Me manda o número da matrícula, por favor?'
]),
('common', 'human_promise', array[
    'Vou verificar com o financeiro e já te retorno.',
    'Deixa eu ver com a coordenação e te aviso, tá?',
    'Anotei tudo, amanhã cedo te dou um retorno.'
]),
('common', 'human_outreach', array[
    'Oi, {contact}, tudo certo? {agent} aqui, da {unit}. Ainda pensa em treinar com a '
    'gente?'
]),
('common', 'human_goodbye', array[
    'Imagina, {contact}! Bons treinos!',
    'Por nada! Precisando é só chamar 💪',
    'Fico à disposição. Um abraço!'
]),
('common', 'phone_hello', array[
    'Oi {contact}, é {agent} da {unit}, respondendo aqui pelo celular',
    'oi! vi sua mensagem agora',
    'Opa, tudo certo? {agent} aqui'
]),
('common', 'greeting', array[
    'Bem-vindo à {unit}! Em instantes vamos te atender.'
]),
('common', 'out_of_office', array[
    'No momento estamos fora do horário de atendimento. Responderemos assim que '
    'possível.'
]),
('common', 'automation', array[
    'Recebemos sua mensagem e seu atendimento já está na fila da equipe.',
    'Nossa equipe recebeu seu pedido. O prazo de resposta é de até 1 dia útil.'
]),
('common', 'survey', array[
    'Por favor, avalie o atendimento.',
    'Como foi o seu atendimento na {unit}? Sua opinião ajuda muito.'
]),
('common', 'feedback_good', array[
    'Atendimento rápido e educado',
    'Resolveu meu problema na hora, parabéns!',
    'Adorei, nem precisei ir até a recepção',
    'Muito bom 👏👏',
    'Equipe nota 10'
]),
('common', 'feedback_bad', array[
    'Demorou demais para responder',
    'O robô não entendeu o que eu queria',
    'Não resolveram nada, péssimo',
    'Esperei a manhã toda por uma resposta',
    'Atendente sem paciência'
]),
('common', 'campaign', array[
    'Oi! 👋 Matrículas abertas sem taxa de adesão só esta semana. Posso te ajudar?',
    'Está conhecendo a AllpFit? Ganhe uma aula experimental grátis.'
]),
('common', 'note', array[
    'Cliente já ligou hoje na unidade, confirmar com a gerência.',
    'Aluno antigo, tratar com carinho.',
    'Verificado no sistema: mensalidade em dia.',
    'Prometi retorno até amanhã cedo.',
    'Possível duplicidade de cadastro, conferir CPF.'
]),

-- As Chatwoot 4.16 writes them in Brazilian Portuguese (config/locales/pt_BR.yml), with
-- the name of whoever did it. A customer's message that reopens leaves a line in API
-- inboxes only.
('common', 'activity_resolve', array[
    'Conversa foi marcada como resolvida por {agent_name}'
]),
('common', 'activity_bot_resolve', array[
    'Conversa foi marcada como resolvida por Assistente AllpFit'
]),
('common', 'activity_auto_resolve', array[
    'A conversa foi marcada como resolvida pelo sistema por ter 3 dias de inatividade'
]),
('common', 'activity_reopen', array[
    'O sistema reabriu a conversa devido a uma nova mensagem recebida.'
]),
('common', 'activity_handoff', array['Conversa foi reaberta por Assistente AllpFit']),
('common', 'activity_rule_open', array[
    'Conversa foi reaberta por Sistema de Automação'
]),
('common', 'activity_open', array['Conversa foi reaberta por {agent_name}']),
('common', 'activity_assign', array[
    '{agent_name} atribuiu a si mesmo essa conversa',
    'Atribuído a {agent_name} via {team} por Sistema de Automação'
]),
('common', 'activity_self_assign', array[
    '{agent_name} atribuiu a si mesmo essa conversa'
]),
('common', 'activity_team', array[
    'Atribuído a {team} por Assistente AllpFit',
    'Atribuído a {team} por Sistema de Automação'
]),
('common', 'activity_snooze', array['Conversa foi adiada por {agent_name}']),
('common', 'activity_label', array['{agent_name} adicionou {label}']),
('common', 'activity_handoff_label', array[
    'Assistente AllpFit adicionou atendimento-humano',
    'Sistema de Automação adicionou atendimento-humano'
]),
('common', 'activity_priority', array['{agent_name} definiu a prioridade para high']),

---------- planos e preços

('planos', 'customer_opening', array[
    'Queria saber o valor dos planos',
    'Quanto tá a mensalidade na {unit}?',
    'Bom dia, vocês têm plano anual? Qual o preço?',
    'Gostaria de informações sobre os planos de musculação',
    'Tem algum desconto pra quem fecha em casal?'
]),
('planos', 'ai_question', array[
    'Claro! Você treinaria mais de manhã, à tarde ou à noite?',
    'Com prazer! É para você ou para mais alguém também?'
]),
('planos', 'customer_detail', array[
    'Mais à noite, depois do trabalho',
    'Pra mim e pro meu marido',
    'De manhã cedo, umas 3 vezes por semana',
    'É só pra mim mesmo'
]),
('planos', 'ai_answer', array[
    'Temos o plano Mensal por R$ {price}, e o Anual sai com 20% de desconto, sem '
    'taxa de adesão.',
    'O plano Black, que vale em todas as unidades, custa R$ {price} por mês. O da '
    '{unit} é mais em conta.'
]),
('planos', 'customer_follow_up', array[
    'E tem fidelidade?',
    'Aceita cartão e pix?',
    'Dá pra usar em outra unidade?'
]),
('planos', 'ai_follow_up', array[
    'No Mensal não tem fidelidade. No Anual são 12 meses.',
    'Aceitamos pix, cartão de crédito e débito recorrente.',
    'Com o plano Black você treina em qualquer unidade da rede.'
]),
('planos', 'human_answer', array[
    'O Mensal está R$ {price} e consigo isentar a adesão se fechar hoje.',
    'Para você consigo o Anual por R$ {price} ao mês. Quer que eu mande o link?'
]),
('planos', 'human_follow_up', array[
    'Sem fidelidade no Mensal, pode ficar tranquilo.',
    'Aceita sim, os dois. No pix tem 5% de desconto.',
    'Dá sim, no plano Black. A diferença é pequena.'
]),
('planos', 'outbound', array[
    'Olá {contact}! Aqui é da {unit}. Preparamos uma condição especial no plano '
    'Anual. Posso te contar?'
]),
('planos', 'outbound_reply', array['Oi, qual seria o valor?', 'Pode mandar']),

---------- aula experimental

('aula_experimental', 'customer_opening', array[
    'Queria marcar uma aula experimental',
    'Vocês têm aula teste grátis?',
    'Posso conhecer a academia antes de fechar?',
    'Oi, quero agendar uma visita na {unit}'
]),
('aula_experimental', 'ai_question', array[
    'Que legal! Qual dia e horário ficam melhores para você?',
    'Ótimo! Você prefere musculação ou alguma aula coletiva?'
]),
('aula_experimental', 'customer_detail', array[
    'Amanhã às {hour} dá?',
    'Pode ser {day} de manhã',
    'Musculação, na {day} depois das 18h'
]),
('aula_experimental', 'ai_answer', array[
    'Agendado! Sua aula experimental é {day} às {hour} na {unit}. Leve documento e '
    'toalha.',
    'Prontinho, deixei reservado para {day}, {hour}. Chegue 10 minutos antes, por '
    'favor.'
]),
('aula_experimental', 'customer_follow_up', array[
    'Precisa levar atestado médico?',
    'Posso levar minha irmã?',
    'Tem estacionamento?'
]),
('aula_experimental', 'ai_follow_up', array[
    'Para a aula experimental não precisa, só um questionário rápido.',
    'Pode sim! Me passa o nome completo dela que eu agendo.',
    'Temos estacionamento conveniado, as duas primeiras horas são grátis.'
]),
('aula_experimental', 'human_answer', array[
    'Consigo te encaixar {day} às {hour} com o professor da casa. Confirma?',
    'Marquei aqui: {day}, {hour}. Te espero na recepção!'
]),
('aula_experimental', 'human_follow_up', array[
    'Não precisa, na hora fazemos um questionário.',
    'Claro, traz ela também!',
    'Tem sim, ao lado da {unit}.'
]),
('aula_experimental', 'outbound', array[
    'Oi {contact}! Sua aula experimental na {unit} está confirmada para {day} às '
    '{hour}. Podemos contar com você?'
]),
('aula_experimental', 'outbound_reply', array[
    'Confirmado, estarei aí',
    'Não vou conseguir, dá pra remarcar?'
]),

---------- horários

('horarios', 'customer_opening', array[
    'Que horas a academia abre amanhã?',
    'Vocês abrem no feriado?',
    'Qual o horário de funcionamento de sábado?',
    'A {unit} funciona domingo?'
]),
('horarios', 'ai_question', array[
    'É para a {unit} mesmo?',
    'Você quer o horário da musculação ou das aulas coletivas?'
]),
('horarios', 'customer_detail', array[
    'Isso, essa mesma',
    'Da musculação',
    'Das aulas de spinning'
]),
('horarios', 'ai_answer', array[
    'De segunda a sexta abrimos das 6h às 22h, e sábado das 8h às 14h.',
    'Hoje ficamos abertos até as 22h. No feriado o horário é reduzido, das 8h às 14h.'
]),
('horarios', 'customer_follow_up', array[
    'E a piscina é no mesmo horário?',
    'Qual horário é mais vazio?',
    'E na {day}?'
]),
('horarios', 'ai_follow_up', array[
    'A piscina fecha uma hora antes.',
    'Entre 10h e 15h costuma ser bem tranquilo.',
    'Na {day} o horário é normal.'
]),
('horarios', 'human_answer', array[
    'Abrimos às 6h e fechamos às 22h durante a semana.',
    'No sábado é das 8h às 14h, domingo não abrimos.'
]),
('horarios', 'human_follow_up', array[
    'A piscina fecha às 21h.',
    'Depois do almoço é bem vazio, pode vir.',
    'Na {day} é horário normal sim.'
]),
('horarios', 'outbound', array[
    'Oi {contact}! No feriado a {unit} abre das 8h às 14h. Bons treinos!'
]),
('horarios', 'outbound_reply', array['Obrigado por avisar', 'E a {day}, abre normal?']),

---------- cancelamento

('cancelamento', 'customer_opening', array[
    'Quero cancelar meu plano',
    'Como faço pra cancelar a matrícula?',
    'Preciso cancelar, mudei de cidade',
    'Já pedi o cancelamento e continuam cobrando'
]),
('cancelamento', 'ai_question', array[
    'Poxa, sinto muito. Pode me contar o motivo?',
    'Entendi. Você me confirma o CPF do titular, por favor?'
]),
('cancelamento', 'customer_detail', array[
    'Tô sem tempo pra treinar',
    'Ficou caro pra mim',
    'Mudei de bairro, ficou longe',
    'Não gostei do atendimento'
]),
('cancelamento', 'ai_answer', array[
    'O cancelamento pode ser pedido pelo app, em Meu plano > Cancelar, com 30 dias '
    'de aviso.',
    'Antes de cancelar, você pode trancar por até 90 dias sem custo. Quer que eu '
    'explique?'
]),
('cancelamento', 'customer_follow_up', array[
    'Tem multa?',
    'Ainda vão cobrar esse mês?',
    'E se eu só trancar?'
]),
('cancelamento', 'ai_follow_up', array[
    'No plano Mensal não há multa. No Anual, 10% do que falta.',
    'Se o pedido for feito até o dia 5, este mês já não é cobrado.',
    'O trancamento vai de 30 a 90 dias, e você volta quando quiser.'
]),
('cancelamento', 'human_answer', array[
    'Consigo te oferecer dois meses com 30% de desconto para você ficar, o que acha?',
    'Registrei o seu pedido de cancelamento, o protocolo chega por e-mail.'
]),
('cancelamento', 'human_follow_up', array[
    'No seu caso não vai ter multa, já verifiquei.',
    'Só a mensalidade atual, a próxima já não vem.',
    'Se trancar, seguro o seu valor antigo. Posso fazer?'
]),
('cancelamento', 'outbound', array[
    'Oi {contact}, sentimos sua falta na {unit}! Que tal voltar com 30% de desconto?'
]),
('cancelamento', 'outbound_reply', array['Não tenho interesse', 'Como funciona?']),

---------- trancamento

('trancamento', 'customer_opening', array[
    'Vou viajar e queria trancar o plano',
    'Dá pra trancar por 2 meses?',
    'Operei o joelho, como faço pra pausar a mensalidade?'
]),
('trancamento', 'ai_question', array[
    'Claro! Por quanto tempo você quer trancar?',
    'Sem problema. A partir de qual dia?'
]),
('trancamento', 'customer_detail', array[
    'Uns 60 dias',
    'A partir de {day}, por 30 dias',
    'Ainda não sei, depende do médico'
]),
('trancamento', 'ai_answer', array[
    'Feito! O trancamento fica ativo a partir de {day} e a cobrança é suspensa.',
    'Dá para trancar de 30 a 90 dias. Basta confirmar no app em Meu plano > Trancar.'
]),
('trancamento', 'customer_follow_up', array[
    'Precisa de atestado?',
    'E se eu quiser voltar antes?',
    'Minha filha também, dá pra fazer junto?'
]),
('trancamento', 'ai_follow_up', array[
    'Só acima de 30 dias por motivo de saúde.',
    'É só avisar que reativamos no mesmo dia.',
    'Dá sim, me passa o CPF dela.'
]),
('trancamento', 'human_answer', array[
    'Tranquei o seu plano, a próxima cobrança fica só para a volta.',
    'Consigo trancar por 60 dias. Te mandei o termo por e-mail.'
]),
('trancamento', 'human_follow_up', array[
    'Pode mandar a foto do atestado por aqui.',
    'Reativo na hora, só chamar.',
    'Já fiz o dela também.'
]),
('trancamento', 'outbound', array[
    'Oi {contact}! Seu trancamento termina {day}. Te esperamos na {unit}!'
]),
('trancamento', 'outbound_reply', array[
    'Dá pra estender mais 30 dias?',
    'Estarei aí!'
]),

---------- boleto

('boleto', 'customer_opening', array[
    'Preciso da segunda via do boleto',
    'Meu boleto não chegou esse mês',
    'Consegue me mandar o pix da mensalidade?',
    'O cartão foi recusado, como pago?'
]),
('boleto', 'ai_question', array[
    'Consigo sim! Me confirma os 3 primeiros números do CPF?',
    'Claro. Prefere boleto ou pix?'
]),
('boleto', 'customer_detail', array[
    'Pode ser pix',
    '000',
    'Boleto mesmo, por favor'
]),
('boleto', 'ai_answer', array[
    'Aqui está o código: 00000.00000 00000.000000 00000.000000 0 00000000000000. '
    'Valor R$ {price}.',
    'Enviei o pix copia e cola no valor de R$ {price}. A liberação leva até 10 minutos.'
]),
('boleto', 'customer_follow_up', array[
    'Vem com juros?',
    'Paguei agora, quando libera a catraca?',
    'Pode mudar o vencimento pro dia 10?'
]),
('boleto', 'ai_follow_up', array[
    'Até 5 dias de atraso não cobramos juros.',
    'Em até 10 minutos com pix, ou 2 dias úteis no boleto.',
    'Posso sim! Vale a partir da próxima mensalidade.'
]),
('boleto', 'human_answer', array[
    'Segue o boleto atualizado de R$ {price}. Qualquer coisa me avisa.',
    'Tirei os juros para você, ficou R$ {price}.'
]),
('boleto', 'human_follow_up', array[
    'Já tirei os juros.',
    'Liberei aqui manualmente, pode passar.',
    'Mudei o vencimento para o dia 10.'
]),
('boleto', 'outbound', array[
    'Olá {contact}, sua mensalidade de R$ {price} vence {day}. Se já pagou, '
    'desconsidere.'
]),
('boleto', 'outbound_reply', array['Já paguei ontem', 'Me manda o pix por favor']),

---------- cobrança indevida

('cobranca', 'customer_opening', array[
    'Fui cobrado duas vezes esse mês',
    'Veio uma cobrança que não reconheço da AllpFit',
    'Cobraram taxa de manutenção sem avisar!!',
    'Tô indignado, cobraram depois de cancelar'
]),
('cobranca', 'ai_question', array[
    'Lamento por isso. Você me diz a data e o valor da cobrança?',
    'Vou verificar. Foi no cartão ou no débito em conta?'
]),
('cobranca', 'customer_detail', array[
    'R$ {price} no cartão, {day}',
    'No débito, duas vezes o mesmo valor',
    'Já mandei o comprovante semana passada'
]),
('cobranca', 'ai_answer', array[
    'A cobrança de R$ {price} é a taxa anual prevista em contrato. Posso detalhar?',
    'Localizei a duplicidade. O estorno de R$ {price} entra em até 2 faturas.'
]),
('cobranca', 'customer_follow_up', array[
    'Quanto tempo demora o estorno?',
    'Isso não tava no contrato',
    'Vou reclamar no Procon'
]),
('cobranca', 'ai_follow_up', array[
    'Depende da operadora, em geral de 5 a 10 dias úteis.',
    'Está na cláusula 4. Posso te mandar o contrato por e-mail.',
    'Entendo sua frustração. Vou registrar a reclamação com prioridade.'
]),
('cobranca', 'human_answer', array[
    'Você tem razão, foi erro nosso. Já pedi o estorno de R$ {price}.',
    'Abri um chamado no financeiro, te dou retorno até {day}.'
]),
('cobranca', 'human_follow_up', array[
    'Uns 5 dias úteis, depende do banco.',
    'Te mando a página do contrato agora.',
    'Peço desculpas pelo transtorno, vou acompanhar pessoalmente.'
]),
('cobranca', 'outbound', array[
    'Olá {contact}, o estorno de R$ {price} foi concluído. Obrigado pela paciência.'
]),
('cobranca', 'outbound_reply', array['Ainda não caiu na conta', 'Ok, recebi']),

---------- catraca

('catraca', 'customer_opening', array[
    'A catraca não tá liberando minha entrada',
    'Tô aqui na porta e não consigo entrar',
    'Minha digital não funciona na {unit}',
    'O reconhecimento facial não me reconhece'
]),
('catraca', 'ai_question', array[
    'Vamos resolver! Aparece alguma mensagem na tela?',
    'Você está na {unit} agora?'
]),
('catraca', 'customer_detail', array[
    'Aparece plano inativo',
    'Fala pra procurar a recepção',
    'Sim, tô na frente e não tem ninguém'
]),
('catraca', 'ai_answer', array[
    'Atualizei o seu acesso, tente de novo em 1 minuto, por favor.',
    'Use o QR code do app AllpFit na catraca da direita enquanto isso.'
]),
('catraca', 'customer_follow_up', array[
    'Não funcionou',
    'Vou ter que recadastrar?',
    'O QR também não lê'
]),
('catraca', 'ai_follow_up', array[
    'Certo, deixei liberado para as próximas 2 horas. Tente mais uma vez.',
    'Precisa sim, leva 1 minuto na recepção.',
    'Aumente o brilho da tela e aproxime devagar do leitor.'
]),
('catraca', 'human_answer', array[
    'Liberei daqui, pode passar!',
    'Já pedi para o pessoal da recepção abrir para você.'
]),
('catraca', 'human_follow_up', array[
    'Estou indo aí abrir.',
    'Quando chegar, fala comigo que recadastro.',
    'Vou abrir manual, pode entrar.'
]),
('catraca', 'outbound', array[
    'Oi {contact}! Trocamos as catracas da {unit}. Passe na recepção para '
    'recadastrar o rosto.'
]),
('catraca', 'outbound_reply', array['Que horas posso ir?', 'Ok']),

---------- app

('app', 'customer_opening', array[
    'O app não abre meu treino',
    'Esqueci a senha do aplicativo',
    'Não recebo o código pra entrar no app',
    'Onde vejo meu treino no app?'
]),
('app', 'ai_question', array[
    'Seu celular é Android ou iPhone?',
    'Qual mensagem aparece para você?'
]),
('app', 'customer_detail', array[
    'Android',
    'iPhone',
    'Fica carregando e não sai disso'
]),
('app', 'ai_answer', array[
    'Desinstale e instale de novo, depois entre com o CPF. Isso resolve na maioria '
    'das vezes.',
    'Enviei um link para criar nova senha no seu e-mail cadastrado.'
]),
('app', 'customer_follow_up', array[
    'O e-mail tá errado no cadastro',
    'Continua igual',
    'Deu certo, e como agendo aula?'
]),
('app', 'ai_follow_up', array[
    'Me passa o e-mail certo que eu atualizo.',
    'Vou avisar o suporte técnico. Enquanto isso use o QR na recepção.',
    'Em Aulas > Agendar, escolha a {unit} e o horário.'
]),
('app', 'human_answer', array[
    'Atualizei o seu cadastro, tenta entrar agora.',
    'Mandei o seu treino em PDF por aqui enquanto o app não volta.'
]),
('app', 'human_follow_up', array[
    'Corrigi o e-mail.',
    'Abri chamado com o suporte, te aviso.',
    'É em Aulas > Agendar, qualquer coisa agendo para você.'
]),
('app', 'outbound', array[
    'Oi {contact}! O app AllpFit tem versão nova. Atualize para ver seus treinos.'
]),
('app', 'outbound_reply', array['Atualizei e parou de funcionar', 'Obrigada!']),

---------- personal

('personal', 'customer_opening', array[
    'Vocês têm personal trainer?',
    'Quanto custa o personal na {unit}?',
    'Quero contratar personal 2x por semana'
]),
('personal', 'ai_question', array[
    'Temos sim! Qual é o seu objetivo?',
    'Legal! Em quais horários você treina?'
]),
('personal', 'customer_detail', array[
    'Emagrecimento',
    'Ganhar massa, treino às {hour}',
    'Reabilitação do ombro'
]),
('personal', 'ai_answer', array[
    'O pacote de 8 aulas com personal custa R$ {price}. Há horários na {day} às '
    '{hour}.',
    'Temos 6 profissionais na {unit}. A aula avulsa sai por R$ {price}.'
]),
('personal', 'customer_follow_up', array[
    'Pode parcelar?',
    'Tem personal mulher?',
    'Posso levar o meu próprio?'
]),
('personal', 'ai_follow_up', array[
    'Em até 3 vezes no cartão.',
    'Tem sim, três professoras, de manhã e à noite.',
    'Pode, com cadastro e taxa mensal para o profissional.'
]),
('personal', 'human_answer', array[
    'Tenho a professora ideal para você, às {hour}. Quer uma aula teste?',
    'O pacote fica R$ {price} com avaliação física inclusa.'
]),
('personal', 'human_follow_up', array[
    'Parcelo em 3x sem juros.',
    'Tem sim, vou te passar o contato dela.',
    'Pode, mas precisa do CREF dele.'
]),
('personal', 'outbound', array[
    'Oi {contact}! Pacote de personal com 15% de desconto na {unit} até {day}.'
]),
('personal', 'outbound_reply', array['Quais horários?', 'Agora não, obrigada']),

---------- avaliação física

('avaliacao', 'customer_opening', array[
    'Quero marcar avaliação física',
    'Quando posso refazer minha avaliação?',
    'A avaliação física é paga?'
]),
('avaliacao', 'ai_question', array[
    'Vamos marcar! Prefere de manhã ou à tarde?',
    'Claro. É a sua primeira avaliação conosco?'
]),
('avaliacao', 'customer_detail', array[
    'De manhã, {day}',
    'Sim, a primeira',
    'Não, faz uns 3 meses da última'
]),
('avaliacao', 'ai_answer', array[
    'Marcado para {day} às {hour}. Venha com roupa leve e sem ter treinado antes.',
    'A primeira é grátis e as seguintes custam R$ {price}. Tenho vaga {day} às {hour}.'
]),
('avaliacao', 'customer_follow_up', array[
    'Precisa de jejum?',
    'Quanto tempo leva?',
    'Preciso remarcar'
]),
('avaliacao', 'ai_follow_up', array[
    'Não, só evite comer uma hora antes.',
    'Cerca de 40 minutos.',
    'Sem problema, passei para {day} no mesmo horário.'
]),
('avaliacao', 'human_answer', array[
    'Agendei você com o avaliador {day} às {hour}.',
    'Abri um encaixe {day}, pode ser às {hour}?'
]),
('avaliacao', 'human_follow_up', array[
    'Jejum não, só roupa leve.',
    'Uns 40 minutinhos.',
    'Remarquei para {day}.'
]),
('avaliacao', 'outbound', array[
    'Oi {contact}! Já faz 3 meses da sua última avaliação física. Vamos remarcar?'
]),
('avaliacao', 'outbound_reply', array['Sim, pode ser {day}', 'Esse mês não consigo']),

---------- aulas coletivas

('aulas', 'customer_opening', array[
    'Qual o horário do spinning?',
    'Tem aula de dança na {unit}?',
    'A aula de funcional das {hour} vai acontecer hoje?',
    'Como reservo vaga no pilates?'
]),
('aulas', 'ai_question', array[
    'Qual dia você quer vir?',
    'Você já é aluno da {unit}?'
]),
('aulas', 'customer_detail', array[
    'Na {day}',
    'Já sou aluna',
    'Ainda não, tenho convênio pela empresa'
]),
('aulas', 'ai_answer', array[
    'Na {day} temos turmas às 7h, 12h15 e {hour}. Quer que eu reserve?',
    'Há 6 vagas na turma das {hour}. A reserva abre 24 horas antes, pelo app.'
]),
('aulas', 'customer_follow_up', array[
    'Quem é o professor?',
    'Pode chegar atrasado?',
    'Cancela se chover?'
]),
('aulas', 'ai_follow_up', array[
    'É a professora titular da turma.',
    'A tolerância é de 10 minutos.',
    'Não, a aula é em sala coberta.'
]),
('aulas', 'human_answer', array[
    'Reservei a sua vaga para {day} às {hour}.',
    'Hoje a turma está cheia, te coloquei na lista de espera.'
]),
('aulas', 'human_follow_up', array[
    'Hoje é o professor substituto.',
    'Até 10 minutinhos tudo bem.',
    'Não cancela, não.'
]),
('aulas', 'outbound', array[
    'Oi {contact}! A turma de {day} às {hour} mudou para a sala 2.'
]),
('aulas', 'outbound_reply', array['Ok, obrigada por avisar', 'Vai ter vaga?']);

-- Texts that break naive exports, parsers and pages.
create function demo.odd_texts() returns text []
language sql immutable
return array[
    '=1+1',
    '+5511',
    '@SUM(1+9)*cmd|''/C calc''!A0',
    '-2+3',
    '<script>alert("oi")</script>',
    '\N',
    '\.',
    'NULL',
    '',
    '   ',
    'C:\academia\treino.pdf',
    'Disse "quero cancelar", e pronto; é isso',
    '''; drop table messages; --',
    '{"texto": "json"}',
    '%s %d {0} {{ x }}',
    '100%',
    'ÁÉÍÓÚ àèìòù ãõ ç ñ ß €',
    '👨‍👩‍👧‍👦💪🏽🇧🇷',
    'Z͑ͫ̓a̴l̵g̷o',
    'https://allpfit.example/treino?id=1&dia=2#topo',
    E'linha 1\nlinha 2\r\nlinha 3',
    E'coluna\tcoluna',
    U&'\200Bcom espa\00E7o\200B invis\00EDvel',
    U&'\200F\05E9\05DC\05D5\05DD\200E',
    U&'zw\200Dj \FEFF bom'
];

create function demo.odd_text(dice bigint) returns text
language sql immutable
return demo.pick(dice, 'odd text', demo.odd_texts());
